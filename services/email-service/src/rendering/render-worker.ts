// Where templates are made into mails: a thread that can be ended, whatever a template does.
import { parentPort } from 'node:worker_threads'
import type { Values } from '../tables.ts'
import type { Compiled, Fault, Job, Result, Source } from './job.ts'
import { fill, findFaults } from './liquid.ts'

async function compile(source: Source, sample: Values): Promise<Result> {
  const parts = ['subject', 'mjml', 'text'] as const
  const faults = parts.flatMap((part) => findFaults(part, source[part], sample))
  if (faults.length > 0) return { faults }
  const { compileMjml } = await import('./mjml.ts')
  const html = compileMjml(source.mjml)
  if ('fault' in html) return { faults: [html.fault] }
  const compiled = { subject: source.subject, html: html.html, text: source.text }
  const tried = fillAll(compiled, sample, true)
  return 'faults' in tried ? tried : { done: compiled }
}

function fillAll({ subject, html, text }: Compiled, values: Values, isStrict: boolean): Result {
  const parts = { subject, html, text }
  const faults: Fault[] = []
  const filled = (part: keyof typeof parts): string => {
    const result = fill(part, parts[part], values, isStrict)
    if ('text' in result) return result.text
    faults.push(result.fault)
    return ''
  }
  // A subject is one line, whatever its values hold.
  const done = {
    subject: filled('subject')
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 300),
    html: filled('html'),
    text: filled('text'),
  }
  return faults.length > 0 ? { faults } : { done }
}

parentPort?.on('message', async (job: Job) => {
  const result =
    job.kind === 'compile'
      ? await compile(job.source, job.sample)
      : fillAll(job.compiled, job.values, job.isStrict)
  parentPort?.postMessage(result)
})
parentPort?.postMessage('ready')
