// Compares what a file says with what there is. Pure: reads nothing and writes nothing.
import { standardTax } from '@prognetwork/contracts'
import { maxLanguages } from '@prognetwork/contracts/product'
import { newId } from '@prognetwork/shared-infrastructure'
import { imageAt, imageKeys, type StoredImage } from '../pictures/images.ts'
import type { WantedPicture } from '../pictures/wanted.store.ts'
import { maxImages, maxVariants } from '../products/product-rules.ts'
import type {
  PriceContent,
  ProductContent,
  StockContent,
  VariantContent,
} from '../products/products.store.ts'
import { pathKey } from './category-paths.ts'
import type { Draft } from './lots.ts'
import type { RowError, SaidPrice, SaidVariant } from './rows.ts'
import { joined } from './said-translations.ts'

/** A variant with what stands beside it. */
export interface WholeVariant extends VariantContent {
  readonly onHand: number
  readonly policy: StockContent['policy']
  readonly prices: readonly Omit<PriceContent, 'variantId'>[]
}

/** What there is of the products and SKUs that a lot names. */
export interface Existing {
  readonly products: ReadonlyMap<string, ProductContent>
  readonly variants: readonly WholeVariant[]
  /** Products that a trial run made earlier in the file and did not write. */
  readonly tried: ReadonlySet<string>
}

interface Changed<T> {
  readonly before: T | undefined
  readonly after: T
}

/** What must be written. A `before` that is undefined says that it is new. */
export interface Plan {
  readonly products: Changed<ProductContent>[]
  /** Products of which only variants, prices, stock or categories change. */
  readonly touched: ProductContent[]
  readonly variants: Changed<WholeVariant>[]
  readonly categories: { readonly productId: string; readonly path: readonly string[] }[]
  /** Images that were named and of which no picture is kept yet. */
  readonly wanted: WantedPicture[]
  readonly unchangedProducts: number
  readonly unchangedVariants: number
  readonly errors: readonly RowError[]
}

interface Work {
  readonly products: Plan['products']
  readonly touched: ProductContent[]
  readonly variants: Plan['variants']
  readonly categories: Plan['categories']
  readonly wanted: WantedPicture[]
  readonly errors: RowError[]
  unchangedProducts: number
  unchangedVariants: number
}

/** `linked` tells whether a product stands in the category of that path already. */
export function planLot(
  drafts: readonly Draft[],
  existing: Existing,
  linked: (productId: string, path: readonly string[]) => boolean,
): Plan {
  const work: Work = {
    products: [],
    touched: [],
    variants: [],
    categories: [],
    wanted: [],
    errors: [],
    unchangedProducts: 0,
    unchangedVariants: 0,
  }
  const byProduct = Map.groupBy(existing.variants, (one) => one.productId)
  const bySku = new Map(
    existing.variants.flatMap((one) => (one.sku === null ? [] : [[one.sku, one]])),
  )
  for (const draft of drafts) {
    const before = existing.products.get(draft.slug)
    if (!before && draft.rows.every((row) => row.product.title === undefined)) {
      if (existing.tried.has(draft.slug)) continue
      for (const { line } of draft.rows) work.errors.push(untitled(line, draft.slug))
      continue
    }
    const { after } = contentOf(draft, before)
    const own = [...(byProduct.get(after.id) ?? [])]
    const misfit = own.find((one) => one.optionValues.length !== after.options.length)
    if (misfit) {
      for (const { line } of draft.rows) work.errors.push(otherOptions(line, draft.slug, misfit))
      continue
    }
    planProduct(work, { draft, before, after, own, bySku, linked })
  }
  return work
}

interface ProductWork {
  readonly draft: Draft
  readonly before: ProductContent | undefined
  readonly after: ProductContent
  /** Its variants as they will be. */
  readonly own: WholeVariant[]
  readonly bySku: Map<string, WholeVariant>
  readonly linked: (productId: string, path: readonly string[]) => boolean
}

function planProduct(work: Work, product: ProductWork): void {
  const { draft, before, own, linked } = product
  const refused = new Set<number>()
  let changed = false
  for (const { line, said } of draft.variants) {
    if (before && saysNothing(said)) continue
    const one = planVariant(product, line, said)
    if ('column' in one) {
      work.errors.push(one)
      refused.add(line)
    } else if (one.before && isSame(one.before, one.after)) work.unchangedVariants++
    else {
      addChange(work.variants, one)
      changed = true
    }
  }
  // Its rows were refused, and a product without variants cannot be sold or opened.
  if (own.length === 0) return
  // A new product is described by its first row, even where that one's variant cannot be taken.
  const taken = before ? without(draft, refused) : draft
  const content = contentOf(taken, before)
  const after = { ...content.after, id: product.after.id }
  work.errors.push(...content.refused)
  for (const image of content.wanted) work.wanted.push({ ...image, productId: after.id })
  for (const path of content.categories) {
    if (before && linked(after.id, path)) continue
    work.categories.push({ productId: after.id, path })
    changed = true
  }
  if (!before || !isSame(before, after)) work.products.push({ before, after })
  else if (changed) work.touched.push(after)
  else work.unchangedProducts++
}

/** Two rows about one variant are one change of it. */
function addChange(variants: Changed<WholeVariant>[], change: Changed<WholeVariant>): void {
  const at = variants.findIndex((one) => one.after.id === change.after.id)
  const earlier = variants[at]
  if (earlier) variants[at] = { before: earlier.before, after: change.after }
  else variants.push(change)
}

interface Content {
  readonly after: ProductContent
  /** Every one that a row names, once. */
  readonly categories: readonly (readonly string[])[]
  readonly refused: RowError[]
  readonly wanted: readonly Omit<WantedPicture, 'productId'>[]
}

function without(draft: Draft, refused: ReadonlySet<number>): Draft {
  const stands = ({ line }: { readonly line: number }) => !refused.has(line)
  return { ...draft, rows: draft.rows.filter(stands), images: draft.images.filter(stands) }
}

/** What rows say of a product together; `refused` is what of it cannot be taken. */
function contentOf(draft: Draft, before: ProductContent | undefined): Content {
  const start: ProductContent = before ?? {
    id: newId(),
    slug: draft.slug,
    title: '',
    description: '',
    vendor: null,
    type: null,
    tags: [],
    taxClass: standardTax,
    status: 'draft',
    options: [],
    images: [],
    attributes: {},
    translations: [],
  }
  const added = draft.images.filter((one) => !imageAt(start.images, one.url))
  const named = new Map(
    draft.rows.flatMap(({ category }) =>
      category ? [[pathKey(category), category] as const] : [],
    ),
  )
  const { translations, untitled } = joined(
    start.translations,
    draft.rows.flatMap((row) => row.product.translations ?? []),
  )
  const surplus = surplusOf(start.translations, translations)
  const room = Math.max(maxImages - start.images.length, 0)
  const images = [
    ...start.images,
    ...added.slice(0, room).map(({ url, alt }): StoredImage => ({ url, alt })),
  ]
  return {
    after: {
      ...start,
      ...Object.assign({}, ...draft.rows.map((row) => row.product)),
      images,
      translations: translations.filter(({ locale }) => !surplus.includes(locale)),
      attributes: Object.assign(
        {},
        start.attributes,
        ...draft.rows.map((row) => row.product.attributes),
      ),
    },
    wanted: draft.images.filter(({ url }) => images.some((one) => one.url === url && !one.picture)),
    categories: [...named.values()],
    refused: [
      ...added.slice(room).map(({ line }) => ({
        line,
        column: 'image',
        expected: `at most ${maxImages} pictures of a product`,
        detail: `${draft.slug.slice(0, 100)} has that many`,
      })),
      ...untitled.map((locale) => untitledIn(draft, locale)),
      ...surplus.map((locale) => surplusIn(draft, locale)),
    ],
  }
}

/** The languages that there is no room for beside those that there were. */
function surplusOf(
  before: ProductContent['translations'],
  after: ProductContent['translations'],
): string[] {
  const known = new Set(before.map(({ locale }) => locale))
  const fresh = after.map(({ locale }) => locale).filter((locale) => !known.has(locale))
  return fresh.slice(Math.max(maxLanguages - known.size, 0))
}

/** Whether a row speaks of its product alone, as one does that only gives it another title. */
function saysNothing({ optionValues, prices, ...fields }: SaidVariant): boolean {
  return optionValues.length === 0 && prices.length === 0 && Object.keys(fields).length === 0
}

/** The variant a row means: that of its SKU, else that of its option values, else a new one. */
function planVariant(
  { after: product, own, bySku }: ProductWork,
  line: number,
  said: SaidVariant,
): Changed<WholeVariant> | RowError {
  const { sku, optionValues } = said
  if (optionValues.length !== product.options.length)
    return {
      line,
      column: 'options',
      expected: `a value for each of the options ${product.options.join(', ') || '(none)'}`,
      detail: `There are ${optionValues.length}`,
    }
  const ofSku = sku === undefined ? undefined : bySku.get(sku)
  if (ofSku && ofSku.productId !== product.id)
    return {
      line,
      column: 'sku',
      expected: 'a SKU that no variant of another product has',
      detail: `It is ${sku}`,
    }
  const ofValues = own.find((one) => isSame(one.optionValues, optionValues))
  if (ofSku && ofValues && ofValues.id !== ofSku.id)
    return {
      line,
      column: 'options',
      expected: 'values that no other variant of the product has',
      detail: `They are ${optionValues.join(' / ')}`,
    }
  const strange = said.images?.find((url) => !imageAt(product.images, url))
  if (strange !== undefined)
    return {
      line,
      column: 'variant_images',
      expected: 'addresses of images of the product',
      detail: `It is ${strange.slice(0, 100)}`,
    }
  const before = ofSku ?? ofValues
  const former = said.prices.find(
    ({ currency, amountMinor }) =>
      amountMinor === undefined && !before?.prices.some((one) => one.currency === currency),
  )
  if (former)
    return {
      line,
      column: 'price',
      expected: `a price in ${former.currency} beside the former one`,
      detail: 'The variant has none',
    }
  if (!before && own.length >= maxVariants)
    return {
      line,
      column: 'slug',
      expected: `at most ${maxVariants} variants of a product`,
      detail: `${product.slug.slice(0, 100)} has that many`,
    }
  const after = variantOf(product, own, said, before)
  own.splice(before ? own.indexOf(before) : own.length, 1, after)
  if (before?.sku !== undefined && before.sku !== null) bySku.delete(before.sku)
  if (after.sku !== null) bySku.set(after.sku, after)
  return { before, after }
}

function variantOf(
  product: ProductContent,
  own: readonly WholeVariant[],
  said: SaidVariant,
  before: WholeVariant | undefined,
): WholeVariant {
  const start: WholeVariant = before ?? {
    id: newId(),
    productId: product.id,
    position: own.reduce((last, one) => Math.max(last, one.position), 0) + 1,
    sku: null,
    barcode: null,
    optionValues: [],
    weightGrams: null,
    imageUrl: null,
    imageKeys: [],
    onHand: 0,
    policy: 'deny',
    prices: [],
  }
  const { prices, stockPolicy, images, ...fields } = said
  return {
    ...start,
    ...fields,
    imageKeys: images ? imageKeys(images, product.images) : start.imageKeys,
    policy: stockPolicy ?? start.policy,
    prices: pricesOf(start.prices, prices),
  }
}

type Price = WholeVariant['prices'][number]

function pricesOf(before: readonly Price[], said: readonly SaidPrice[]): Price[] {
  const merged = new Map(before.map((one) => [one.currency, one]))
  for (const { currency, amountMinor, compareAtMinor } of said) {
    const old = merged.get(currency)
    const amount = amountMinor ?? old?.amountMinor
    if (amount === undefined) continue
    merged.set(currency, {
      currency,
      amountMinor: amount,
      compareAtMinor: compareAtMinor === undefined ? (old?.compareAtMinor ?? null) : compareAtMinor,
    })
  }
  return [...merged.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1))
}

/** Whether two contents are the same, in whatever order their fields were written. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => isSame(one[key as keyof typeof one], other[key as keyof typeof other]))
  )
}

function untitled(line: number, slug: string): RowError {
  return {
    line,
    column: 'title',
    expected: 'a title in the first row of a new product',
    detail: `There is no product ${slug.slice(0, 100)}, and no row before this one names it`,
  }
}

function untitledIn(draft: Draft, locale: string): RowError {
  return refusedIn(draft, locale, 'a title beside what else is said in the language')
}

function surplusIn(draft: Draft, locale: string): RowError {
  return refusedIn(draft, locale, `at most ${maxLanguages} languages beside the tenant's own`)
}

function refusedIn({ slug, rows }: Draft, locale: string, expected: string): RowError {
  const first = rows.find((row) => row.product.translations?.some((one) => one.locale === locale))
  return {
    line: first?.line ?? 0,
    column: `title:${locale}`,
    expected,
    detail: `It is about ${slug.slice(0, 100)}`,
  }
}

function otherOptions(line: number, slug: string, { optionValues }: WholeVariant): RowError {
  return {
    line,
    column: 'options',
    expected: `${optionValues.length} options, as the variants of the product have`,
    detail: `The rows of ${slug.slice(0, 100)} name others`,
  }
}
