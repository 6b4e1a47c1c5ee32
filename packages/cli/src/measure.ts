import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CrashTransport } from '../../../bench/crash-events.ts'
import type { Figure } from '../../../bench/figure.ts'
import { print, say } from './speech.ts'

const benchDirectory = join(import.meta.dirname, '../../../bench')

/** `prog bench`: runs one benchmark and prints its figures; a missed goal is printed, not failed. */
export async function bench(name: string, options: { json?: boolean }): Promise<void> {
  const files = await readdir(benchDirectory)
  if (!/^[a-z]+$/.test(name) || !files.includes(`${name}.ts`))
    throw new Error(`there is no benchmark ${name}`)
  const { run } = (await import(join(benchDirectory, `${name}.ts`))) as {
    run?: () => Promise<Figure[]>
  }
  if (!run) throw new Error(`${name} is no benchmark`)
  const figures = await run()
  const { figureTable } = await import('../../../bench/figure.ts')
  print(options.json ? JSON.stringify({ name, figures }) : figureTable(figures))
}

interface CrashOptions {
  readonly rounds: string
  readonly minutes?: string
  readonly seed?: string
  readonly transport: CrashTransport
}

/** `prog crash`: kills a running part again and again; fails when anything is lost or doubled. */
export async function crash(part: string, options: CrashOptions): Promise<void> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31))
  const { rounds, minutes } = options
  const run = { rounds: Number(rounds), seed, say, ...(minutes && { minutes: Number(minutes) }) }
  const report = await crashOf(part, options.transport, run)
  print(JSON.stringify(report, null, 2))
  const wrong = [
    ...[report.lost, report.doubled],
    'disordered' in report ? report.disordered : [],
    'oversold' in report ? report.oversold : [],
  ]
  if (wrong.every((list) => list.length === 0)) return
  say(`Repeat it with --seed ${report.seed}`)
  process.exitCode = 1
}

async function crashOf(
  part: string,
  transport: CrashTransport,
  run: { rounds: number; minutes?: number; seed: number; say: (sentence: string) => void },
) {
  if (part === 'platform')
    return (await import('../../../bench/crash-platform.ts')).crashPlatform(run)
  if (part === 'events')
    return (await import('../../../bench/crash-events.ts')).crashEvents({ ...run, transport })
  if (part === 'checkout')
    return (await import('../../../bench/crash-checkout.ts')).crashCheckout(run)
  throw new Error(`there is no crash test of ${part}, only of platform, events and checkout`)
}
