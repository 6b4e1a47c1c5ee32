import type { Entry, RowError, SaidProduct, SaidVariant } from './rows.ts'

/** All that a lot says of one product. */
export interface Draft {
  readonly slug: string
  /** Row by row, so that a row which is refused later says nothing. */
  readonly rows: {
    readonly line: number
    readonly product: SaidProduct
    readonly category: readonly string[] | undefined
  }[]
  readonly variants: { readonly line: number; readonly said: SaidVariant }[]
  readonly images: { readonly line: number; readonly url: string; readonly alt: string | null }[]
}

/** Rows that are written in one transaction. */
export interface Lot {
  readonly drafts: readonly Draft[]
  readonly errors: readonly RowError[]
  /** Rows in it, the refused ones too. */
  readonly rows: number
}

const lotRows = 500
/** A lot ends with a product, unless the product has more rows than this. */
const maxLotRows = 2_500

/** Groups rows into lots, and in each the rows of one product. */
export async function* inLots(rows: AsyncIterable<Entry | RowError[]>): AsyncGenerator<Lot> {
  let drafts = new Map<string, Draft>()
  let errors: RowError[] = []
  let count = 0
  let last: string | undefined
  for await (const row of rows) {
    const isRefused = Array.isArray(row)
    const isFull = count >= maxLotRows || (count >= lotRows && (isRefused || row.slug !== last))
    if (isFull) {
      yield { drafts: [...drafts.values()], errors, rows: count }
      drafts = new Map()
      errors = []
      count = 0
    }
    count++
    if (isRefused) {
      errors.push(...row)
      continue
    }
    last = row.slug
    join(drafts, row)
  }
  if (count > 0) yield { drafts: [...drafts.values()], errors, rows: count }
}

function join(drafts: Map<string, Draft>, entry: Entry): void {
  const { slug, line, product, variant, image, category } = entry
  let draft = drafts.get(slug)
  if (!draft) {
    draft = { slug, rows: [], variants: [], images: [] }
    drafts.set(slug, draft)
  }
  draft.rows.push({ line, product, category })
  if (variant) draft.variants.push({ line, said: variant })
  if (image && !draft.images.some((one) => one.url === image.url))
    draft.images.push({ line, ...image })
}
