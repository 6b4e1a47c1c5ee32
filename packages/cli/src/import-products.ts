import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type ProblemDetails, problemDetails, type Reply } from '@prognetwork/contracts'
import { importLine, type importProducts } from '@prognetwork/contracts/product'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { readConfiguration } from './configuration.ts'
import { print, say } from './speech.ts'

type ImportLine = Reply<typeof importProducts>

/**
 * `prog import products`: sends a CSV file to the running platform under API_KEY, which names the
 * tenant, and says what became of it. Fails when rows were refused or the file was not taken whole.
 */
export async function importProductsFile(
  definitions: readonly AnyDefinition[],
  directory: string,
  file: string,
  options: { currency?: string; dryRun?: boolean; json?: boolean },
): Promise<void> {
  const { platform, services } = readConfiguration(definitions, directory)
  if (platform.apiKey === undefined)
    throw new Error(
      'API_KEY must hold a key of the tenant with the permission product:product:import',
    )
  const { size } = await stat(file)
  const url = new URL(
    `http://${platform.host}:${services.get('api-gateway')?.port}/api/v1/catalogue/import`,
  )
  if (options.currency !== undefined) url.searchParams.set('currency', options.currency)
  if (options.dryRun) url.searchParams.set('dryRun', 'true')
  const response = await fetch(url, {
    method: 'PUT',
    headers: {
      'content-type': 'text/csv',
      'content-length': String(size),
      'x-api-key': platform.apiKey,
    },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: 'half',
  }).catch((error: unknown) => {
    throw new Error(`Nothing answers at ${url.origin}; is the platform running?`, { cause: error })
  })
  if (!response.ok || !response.body) throw new Error(explain(await response.json()))
  let last: ImportLine | undefined
  for await (const line of linesOf(response.body)) {
    if (options.json) print(line)
    last = importLine.parse(JSON.parse(line))
    if (!options.json) tell(last)
  }
  if (last?.kind !== 'finished' || (last.refused ?? 0) > 0) process.exitCode = 1
  if (last?.kind !== 'finished' && last?.kind !== 'failed')
    say('The reply was cut off. Send the file again: what was taken is only updated.')
}

function explain(body: unknown): string {
  const parsed = problemDetails.safeParse(body)
  if (!parsed.success) return 'The platform answered something that is no problem details'
  const { title, detail, errors = [] }: ProblemDetails = parsed.data
  return [`${title}: ${detail}`, ...errors.map((one) => `${one.pointer}: ${one.detail}`)].join('\n')
}

function tell({ kind, rows, file, products, variants, refused, error, problem }: ImportLine): void {
  if (kind === 'started') {
    if (file && file.ignoredColumns.length > 0)
      say(`Columns that say nothing here: ${file.ignoredColumns.join(', ')}`)
    return
  }
  if (kind === 'refused') {
    say(`line ${error?.line}, ${error?.column}: expected ${error?.expected}. ${error?.detail}`)
    return
  }
  const counts = (what: string, of: ImportLine['products']) =>
    `${what}: ${of?.created} created, ${of?.updated} updated, ${of?.unchanged} unchanged`
  const sentence = [
    `${rows} rows, ${refused} refused`,
    counts('products', products),
    counts('variants', variants),
  ].join('; ')
  if (kind === 'progress') say(sentence)
  else print(file?.dryRun ? `${sentence}. Nothing was changed: this was a trial` : sentence)
  if (problem) say(`The rest was not taken: ${problem.detail}`)
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
