import type { Context, Reply } from '@prognetwork/contracts'
import { fileUnreadable, pictureFetch, type productContract } from '@prognetwork/contracts/product'
import {
  type Handlers,
  newId,
  type Parts,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { type Attribute, listEveryAttribute } from '../attributes/attributes.store.ts'
import type { TenantCurrency } from '../settings/tenant-currency.ts'
import { minorDigits } from './amount.ts'
import { type Columns, readHeader } from './columns.ts'
import { type CsvRow, readCsv } from './csv-file.ts'
import { inLots, type Lot } from './lots.ts'
import type { Plan } from './plan.ts'
import { createRowReader, type Entry, type RowError } from './rows.ts'
import { type ImportMemory, type LotParts, writeLot } from './write-lot.ts'

type ImportLine = Reply<(typeof productContract.operations)['importProducts']>

/** So many refused rows are told one by one; the rest are counted. */
const maxToldErrors = 1_000
/** The shortest time between two lines of progress, in milliseconds. */
const progressMs = 1_000

interface ImportParts extends LotParts, Pick<Parts<unknown>, 'jobs'> {}

/** Takes product lists in, lot by lot: what was committed stays, whatever happens to the rest. */
export function createImport(parts: ImportParts & { readonly currency: TenantCurrency }): {
  run: Handlers<typeof productContract>['importProducts']
} {
  return {
    async run(ctx, { query, body }) {
      const currency = query.currency ?? (await parts.currency.of(ctx))
      if (minorDigits(currency) === undefined)
        throw new Problem(fileUnreadable, `${currency} is no currency of ISO 4217`)
      const rows = readCsv(body)
      const attributes = await parts.db.read(ctx, listEveryAttribute())
      const columns = await headerOf(rows, attributes)
      const file = {
        format: columns.format,
        currency,
        dryRun: query.dryRun,
        ignoredColumns: [...columns.ignored],
      }
      const isKeeping = query.pictures === 'keep'
      return lines(parts, ctx, { rows, columns, file, isKeeping })
    },
  }
}

/** A file that is refused for its header is not read any further. */
async function headerOf(
  rows: AsyncGenerator<CsvRow>,
  attributes: readonly Attribute[],
): Promise<Columns> {
  try {
    const header = await rows.next()
    if (header.done) throw new Problem(fileUnreadable, 'The file is empty')
    return readHeader(header.value.cells, attributes)
  } catch (error) {
    await rows.return(undefined)
    throw error
  }
}

interface OpenFile {
  readonly rows: AsyncGenerator<CsvRow>
  readonly columns: Columns
  readonly file: NonNullable<ImportLine['file']>
  /** Whether pictures are fetched. */
  readonly isKeeping: boolean
}

async function* lines(
  parts: ImportParts,
  ctx: Context,
  { rows, columns, file, isKeeping }: OpenFile,
): AsyncGenerator<ImportLine> {
  const tally = new Tally(file)
  const memory: ImportMemory = {
    paths: new Map(),
    tried: new Set(),
    jobId: isKeeping ? newId() : undefined,
  }
  yield { kind: 'started', rows: 0, file }
  const { jobId } = memory
  let told = performance.now()
  try {
    for await (const lot of inLots(read(rows, createRowReader(columns, file.currency)))) {
      const plan = await writeLot(parts, ctx, lot, memory, file.dryRun)
      yield* tally.add(lot, plan)
      if (performance.now() - told < progressMs) continue
      told = performance.now()
      yield tally.line('progress')
    }
    yield { ...tally.line('finished'), ...(await askForPictures(parts, ctx, tally, jobId)) }
  } catch (error) {
    const problem = publicReason(error)
    if (!problem) throw error
    // Without a database nobody can be asked; those of this file are when it is sent again.
    const asked = error instanceof Problem ? await askForPictures(parts, ctx, tally, jobId) : {}
    yield { ...tally.line('failed'), ...asked, problem }
  }
}

async function* read(
  rows: AsyncIterable<CsvRow>,
  readRow: (row: CsvRow) => Entry | RowError[],
): AsyncGenerator<Entry | RowError[]> {
  for await (const row of rows) yield readRow(row)
}

/** Pictures are fetched once all rows are in: their servers are strangers', and slow. */
async function askForPictures(
  { db, jobs }: ImportParts,
  ctx: Context,
  { wanted, file }: Tally,
  id: string | undefined,
): Promise<Pick<ImportLine, 'pictures'>> {
  if (wanted === 0 || id === undefined) return {}
  if (!file.dryRun)
    await db.batch(ctx, [(await jobs.submit(ctx, pictureFetch, {}, { id })).statement])
  return { pictures: { wanted, ...(file.dryRun ? {} : { jobId: id }) } }
}

/** What ended an import early, if the caller may know; undefined for a bug. */
function publicReason(error: unknown): ImportLine['problem'] | undefined {
  if (error instanceof Problem) return { code: error.code, detail: error.message }
  if (error instanceof Unavailable)
    return {
      code: 'service.unavailable',
      detail: 'The database does not answer; send the file again later',
    }
  return undefined
}

/** Counts of one import so far. */
class Tally {
  readonly file: NonNullable<ImportLine['file']>
  /** Pictures that are not kept yet. */
  wanted = 0
  private rows = 0
  private refused = 0
  private told = 0
  private readonly products = { created: 0, updated: 0, unchanged: 0 }
  private readonly variants = { created: 0, updated: 0, unchanged: 0 }

  constructor(file: NonNullable<ImportLine['file']>) {
    this.file = file
  }

  /** Counts a lot; yields a line per row that was refused. */
  *add(lot: Lot, plan: Plan): Generator<ImportLine> {
    this.rows += lot.rows
    this.wanted += plan.wanted.length
    const created = plan.products.filter((one) => !one.before).length
    this.products.created += created
    this.products.updated += plan.products.length - created + plan.touched.length
    this.products.unchanged += plan.unchangedProducts
    const added = plan.variants.filter((one) => !one.before).length
    this.variants.created += added
    this.variants.updated += plan.variants.length - added
    this.variants.unchanged += plan.unchangedVariants
    const errors = [...lot.errors, ...plan.errors].sort((one, other) => one.line - other.line)
    this.refused += new Set(errors.map((one) => one.line)).size
    for (const error of errors) {
      if (this.told === maxToldErrors) return
      this.told++
      yield { kind: 'refused', rows: this.rows, error }
    }
  }

  line(kind: 'progress' | 'finished' | 'failed'): ImportLine {
    return {
      kind,
      rows: this.rows,
      ...(kind === 'progress' ? {} : { file: this.file }),
      products: { ...this.products },
      variants: { ...this.variants },
      refused: this.refused,
    }
  }
}
