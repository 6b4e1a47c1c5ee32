// Synonyms, categories, attributes, collections, groups of customers and price lists as lines of a file,
// and back. Each line is
// taken by the rules of its kind, in a transaction of its own: what was taken stays.
import type { Context, Reply } from '@prognetwork/contracts'
import {
  arrangement,
  attributeUnfit,
  categoryMissing,
  fileUnreadable,
  groupMissing,
  priceListMissing,
  type productContract,
  productMissing,
  variantMissing,
} from '@prognetwork/contracts/product'
import {
  type Database,
  type Handlers,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { listEveryAttribute } from '../attributes/attributes.store.ts'
import type { createAttributes } from '../attributes/attributes.ts'
import { type Category, findCategoriesBySlug, listEvery } from '../categories/categories.store.ts'
import type { createCategories } from '../categories/categories.ts'
import type { createCollections } from '../collections/collections.ts'
import { isSame } from '../import/plan.ts'
import { listEveryGroup } from '../price-lists/customer-groups.store.ts'
import type { createCustomerGroups } from '../price-lists/customer-groups.ts'
import { listEveryPriceList, type PriceList } from '../price-lists/price-lists.store.ts'
import type { createPriceLists } from '../price-lists/price-lists.ts'
import { listEverySynonym } from '../search/synonyms.store.ts'
import type { createSynonyms } from '../search/synonyms.ts'
import { inOrder } from '../translations/given.ts'
import { readLines } from './arrangement-lines.ts'
import {
  findCollectionBySlug,
  findNamedVariants,
  findProductsBySlug,
  listNamedPrices,
  listShownBySlug,
  type NamedPrices,
} from './arrangements.store.ts'

type Operations = typeof productContract.operations
type ProductHandlers = Handlers<typeof productContract>
type Arrangement = z.output<typeof arrangement>
type Of<Kind extends keyof Arrangement> = NonNullable<Arrangement[Kind]>
type Line = Reply<Operations['importArrangements']>
type Outcome = 'created' | 'updated' | 'unchanged'

const collectionsPerRead = 20
const pricesPerLine = 500

interface ArrangementParts {
  readonly db: Database
  readonly categories: ReturnType<typeof createCategories>
  readonly attributes: ReturnType<typeof createAttributes>
  readonly synonyms: ReturnType<typeof createSynonyms>
  readonly collections: ReturnType<typeof createCollections>
  readonly customerGroups: ReturnType<typeof createCustomerGroups>
  readonly priceLists: ReturnType<typeof createPriceLists>
}

export function createArrangements(parts: ArrangementParts) {
  const { db } = parts
  const taken = takenBy(parts)

  async function* write(ctx: Context): AsyncGenerator<Arrangement> {
    for (const { typed, words } of await db.read(ctx, listEverySynonym()))
      yield { synonym: { typed, words } }
    for (const category of inTree(await db.read(ctx, listEvery()))) yield { category }
    for (const { id: _, version: _version, ...attribute } of await db.read(
      ctx,
      listEveryAttribute(),
    ))
      yield { attribute }
    for (let after: string | null = null; ; ) {
      const page: Of<'collection'>[] = await db.read(
        ctx,
        listShownBySlug(after, collectionsPerRead),
      )
      for (const collection of page) yield { collection }
      if (page.length < collectionsPerRead) break
      after = page.at(-1)?.slug ?? null
    }
    const groups = await db.read(ctx, listEveryGroup())
    for (const { key, name } of groups) yield { customerGroup: { key, name } }
    const keys = new Map(groups.map((one) => [one.id, one.key]))
    for (const { id, groupId, name, startsAt, endsAt, state } of await db.read(
      ctx,
      listEveryPriceList(),
    )) {
      const group = groupId === null ? null : (keys.get(groupId) ?? null)
      yield { priceList: { name, group, startsAt, endsAt, state } }
      yield* prices(ctx, id, name)
    }
  }

  async function* prices(ctx: Context, listId: string, list: string): AsyncGenerator<Arrangement> {
    for (let after: string | null = null; ; ) {
      const page: NamedPrices[] = await db.read(ctx, listNamedPrices(listId, after, pricesPerLine))
      const items = page.map(({ variantId: _, ...one }) => one)
      if (items.length > 0) yield { listedPrices: { list, items } }
      if (page.length < pricesPerLine) return
      after = page.at(-1)?.variantId ?? null
    }
  }

  async function* read(ctx: Context, body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
    const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
    let line = 0
    try {
      for await (const one of readLines(body)) {
        line = one.line
        try {
          counts[await taken(ctx, parsed(one.text))]++
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          counts.refused++
          yield { kind: 'refused', line, counts: { ...counts }, problem: reasonOf(error) }
        }
      }
      yield { kind: 'finished', line, counts }
    } catch (error) {
      if (error instanceof Problem) yield { kind: 'failed', line, counts, problem: reasonOf(error) }
      else if (error instanceof Unavailable) {
        const problem = { code: 'service.unavailable', detail: 'Send the file again later' }
        yield { kind: 'failed', line, counts, problem }
      } else throw error
    }
  }

  return {
    write: (async (ctx) => write(ctx)) satisfies ProductHandlers['exportArrangements'],
    read: (async (ctx, { body }) =>
      read(ctx, body)) satisfies ProductHandlers['importArrangements'],
  }
}

/** How a line of each kind is taken: what it names is made, or made what the line says. */
function takenBy(parts: ArrangementParts) {
  const { db, synonyms, categories, attributes, collections, customerGroups, priceLists } = parts

  async function synonym(ctx: Context, { typed, words }: Of<'synonym'>): Promise<Outcome> {
    const known = await db.read(ctx, listEverySynonym())
    if (known.some((one) => isSame([one.typed, one.words], [typed, words]))) return 'unchanged'
    await synonyms.make(ctx, { typed, words })
    return 'created'
  }

  async function category(ctx: Context, line: Of<'category'>): Promise<Outcome> {
    const { slug, name, parent, translations } = line
    const named = parent === null ? [slug] : [slug, parent]
    const all = await db.read(ctx, findCategoriesBySlug(named))
    const parentId = all.find((one) => one.slug === parent)?.id ?? null
    if (parent !== null && parentId === null)
      throw new Problem(categoryMissing, `No category has the slug ${parent}`)
    const before = all.find((one) => one.slug === slug)
    if (!before) {
      await categories.make(ctx, { slug, name, parentId, translations: translations ?? [] })
      return 'created'
    }
    const said = { name, parentId, ...(translations && { translations: inOrder(translations) }) }
    if (isSame(pick(before, said), said)) return 'unchanged'
    await categories.change(ctx, {
      params: { categoryId: before.id },
      body: { version: before.version, ...said },
    })
    return 'updated'
  }

  async function attribute(ctx: Context, line: Of<'attribute'>): Promise<Outcome> {
    const { key, type, translations, ...fields } = line
    const before = (await db.read(ctx, listEveryAttribute())).find((one) => one.key === key)
    if (!before) {
      await attributes.make(ctx, { key, type, ...fields, translations: translations ?? [] })
      return 'created'
    }
    if (type !== before.type)
      throw new Problem(attributeUnfit, `${key} is a ${before.type}, and stays one`)
    const said = { ...fields, ...(translations && { translations: inOrder(translations) }) }
    if (isSame(pick(before, said), said)) return 'unchanged'
    await attributes.change(ctx, {
      params: { attributeId: before.id },
      body: { version: before.version, changes: said },
    })
    return 'updated'
  }

  async function collection(ctx: Context, line: Of<'collection'>): Promise<Outcome> {
    const { slug, name, isPublished, products, translations } = line
    const rows = await db.read(ctx, findProductsBySlug(products))
    const ids = new Map(rows.map((one) => [one.slug, one.id]))
    const productIds = products.map((product) => {
      const id = ids.get(product)
      if (id === undefined) throw new Problem(productMissing, `No product has the slug ${product}`)
      return id
    })
    const [before] = await db.read(ctx, findCollectionBySlug(slug))
    const changes = {
      ...{ name, isPublished, productIds },
      ...(translations && { translations: inOrder(translations) }),
    }
    if (!before) {
      await collections.make(ctx, { slug, translations: [], ...changes })
      return 'created'
    }
    const { id, version, ...kept } = before
    if (isSame(pick(kept, changes), changes)) return 'unchanged'
    await collections.change(ctx, {
      params: { collectionId: id },
      body: { version, changes: { slug: undefined, ...changes } },
    })
    return 'updated'
  }

  async function customerGroup(ctx: Context, line: Of<'customerGroup'>): Promise<Outcome> {
    const { key, name } = line
    const before = (await db.read(ctx, listEveryGroup())).find((one) => one.key === key)
    if (before?.name === name) return 'unchanged'
    if (before) {
      const body = { name, version: before.version }
      await customerGroups.change(ctx, { params: { groupId: before.id }, body })
    } else await customerGroups.make(ctx, { key, name })
    return before ? 'updated' : 'created'
  }

  const listNamed = async (ctx: Context, name: string): Promise<PriceList | undefined> =>
    (await db.read(ctx, listEveryPriceList())).find((one) => one.name === name)

  async function priceList(ctx: Context, line: Of<'priceList'>): Promise<Outcome> {
    const { name, group, startsAt, endsAt, state } = line
    const groups = group === null ? [] : await db.read(ctx, listEveryGroup())
    const groupId = groups.find((one) => one.key === group)?.id ?? null
    if (group !== null && groupId === null)
      throw new Problem(groupMissing, `No group of customers has the key ${group}`)
    const said = { name, groupId, startsAt, endsAt, state }
    const before = await listNamed(ctx, name)
    if (!before) {
      await priceLists.make(ctx, said)
      return 'created'
    }
    if (isSame(pick(before, said), said)) return 'unchanged'
    await priceLists.change(ctx, {
      params: { priceListId: before.id },
      body: { version: before.version, changes: said },
    })
    return 'updated'
  }

  async function listedPrices(ctx: Context, line: Of<'listedPrices'>): Promise<Outcome> {
    const list = await listNamed(ctx, line.list)
    if (!list) throw new Problem(priceListMissing, `No price list is called ${line.list}`)
    const found = await db.read(ctx, findNamedVariants(list.id, JSON.stringify(line.items)))
    const byPlace = new Map(found.map((one) => [one.place, one]))
    const items = line.items.map(({ product, optionValues, prices }, at) => {
      const known = byPlace.get(at + 1)
      if (!known)
        throw new Problem(variantMissing, `${product} has no variant ${optionValues.join(', ')}`)
      const sorted = prices.toSorted((one, other) => (one.currency < other.currency ? -1 : 1))
      return { known, content: { variantId: known.variantId, prices: sorted } }
    })
    const changed = items.filter(({ known, content }) => !isSame(known.prices, content.prices))
    const named = new Set(changed.map(({ content }) => content.variantId))
    if (named.size < changed.length)
      throw new Problem(variantMissing, 'A variant is named twice in the line')
    if (changed.length === 0) return 'unchanged'
    await priceLists.setAll(ctx, {
      params: { priceListId: list.id },
      body: { items: changed.map((one) => one.content) },
    })
    return 'updated'
  }

  return async (ctx: Context, line: Arrangement): Promise<Outcome> => {
    if (line.synonym) return synonym(ctx, line.synonym)
    if (line.category) return category(ctx, line.category)
    if (line.attribute) return attribute(ctx, line.attribute)
    if (line.collection) return collection(ctx, line.collection)
    if (line.customerGroup) return customerGroup(ctx, line.customerGroup)
    if (line.priceList) return priceList(ctx, line.priceList)
    if (line.listedPrices) return listedPrices(ctx, line.listedPrices)
    throw new Error('a line that says nothing was read')
  }
}

/** Each after the one it stands under, as an import wants them. */
function inTree(all: readonly Category[]): Of<'category'>[] {
  const under = Map.groupBy(all, (one) => one.parentId)
  const below = (parentId: string | null, parent: string | null): Of<'category'>[] =>
    (under.get(parentId) ?? []).flatMap(({ id, slug, name, translations }) => [
      { slug, name, parent, translations },
      ...below(id, slug),
    ])
  return below(null, null)
}

const json = z.string().transform((text, issues) => {
  try {
    return JSON.parse(text)
  } catch {
    issues.addIssue('is no JSON')
    return z.NEVER
  }
})

/** Throws what is wrong with a line, at its first place. */
function parsed(text: string): Arrangement {
  const read = json.pipe(arrangement).safeParse(text)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const place = issue?.path.join('/') ?? ''
  throw new Problem(fileUnreadable, `${place === '' ? 'The line' : place}: ${issue?.message}`)
}

/** Of one object what another says. */
function pick<Part extends object>(whole: Part, part: Part): object {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key in part))
}

function reasonOf({ code, message }: Problem) {
  return { code, detail: message }
}
