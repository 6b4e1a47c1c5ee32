// Prices that hold for a while. What holds for whom is in the database (prices_at), and what lists of
// products show is made anew by whoever changes anything of it (refresh_offers).
import type { Context, Input, Statement, Transaction } from '@prognetwork/contracts'
import {
  priceListChanged,
  priceListMissing,
  priceListNameTaken,
  priceListOutdated,
  priceListUnfit,
  type productContract,
  variantMissing,
} from '@prognetwork/contracts/product'
import {
  type Handlers,
  listPage,
  newId,
  onConstraint,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { ProductParts } from '../products/products.ts'
import { lockNumber } from '../settings/numbers.store.ts'
import { holdGroup } from './customer-groups.store.ts'
import { missing as groupMissing } from './customer-groups.ts'
import {
  countListed,
  countPriceLists,
  deleteListed,
  deletePriceList,
  fieldsOf,
  findPriceList,
  findVariants,
  insertListed,
  insertPriceList,
  type ListedContent,
  listEveryPriceList,
  listListed,
  lockListedProducts,
  lockPriceList,
  lockProductsOf,
  maxListedPrices,
  maxPriceLists,
  type PriceList,
  refreshAllOffers,
  updatePriceList,
} from './price-lists.store.ts'

type ListHandlers = Handlers<typeof productContract>
type NewList = Input<typeof productContract.operations.createPriceList>['body']

export function createPriceLists({ db, events, audit }: ProductParts) {
  const list: ListHandlers['listPriceLists'] = async (ctx) => ({
    items: await db.read(ctx, listEveryPriceList()),
  })

  const prices: ListHandlers['listListedPrices'] = async (ctx, { params, query }) => {
    const [after = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const [[found], rows] = await db.readAll(ctx, [
      findPriceList(params.priceListId),
      listListed(params.priceListId, after, query.limit + 1),
    ])
    if (!found) throw missing()
    return listPage(rows, query.limit, (row) => [row.variantId])
  }

  async function tell(
    ctx: Context,
    action: string,
    { id, groupId, startsAt, endsAt, version, ...rest }: PriceList,
    state: 'draft' | 'active' | 'removed' = rest.state,
  ) {
    return [
      await events.put(
        ctx,
        priceListChanged,
        { priceListId: id, groupId, startsAt, endsAt, state },
        { aggregateVersion: version },
      ),
      audit(ctx, { action, outcome: 'success', resource: `price_list/${id}` }),
    ]
  }

  const make = (ctx: Context, body: NewList, also: (made: PriceList) => Statement[] = () => []) =>
    onConstraint(nameProblem, () =>
      db.transaction(ctx, async (tx) => {
        const made = { ...body, id: newId(), version: 1 }
        await expectFit(tx, made)
        await tx.run(lockNumber('price_list'))
        const [counted] = await tx.run(countPriceLists())
        if ((counted?.count ?? 0) >= maxPriceLists)
          throw unfit('/body', `at most ${maxPriceLists} price lists`, 'There are that many')
        await tx.batch([
          insertPriceList(...fieldsOf(made), ctx.now),
          ...(await tell(ctx, 'price_list.created', made)),
          ...also(made),
        ])
        return made
      }),
    )

  const create: ListHandlers['createPriceList'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: ListHandlers['changePriceList'] = (ctx, { params, body }) =>
    onConstraint(nameProblem, () =>
      db.transaction(ctx, async (tx) => {
        const [before] = await tx.run(lockPriceList(params.priceListId))
        if (!before) throw missing()
        if (before.version !== body.version)
          throw new Problem(priceListOutdated, `It is at version ${before.version}; read it again`)
        const given = Object.entries(body.changes).filter(([, value]) => value !== undefined)
        const after: PriceList = {
          ...{ ...before, ...Object.fromEntries(given) },
          version: before.version + 1,
        }
        await expectFit(tx, after)
        const products = await tx.run(lockListedProducts(after.id))
        await tx.batch([
          updatePriceList(...fieldsOf(after), ctx.now),
          ...refreshAllOffers(products),
          ...(await tell(ctx, 'price_list.changed', after)),
        ])
        return after
      }),
    )

  const remove: ListHandlers['removePriceList'] = (ctx, { params }) =>
    db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(lockPriceList(params.priceListId))
      if (!gone) throw missing()
      const products = await tx.run(lockListedProducts(gone.id))
      const last = { ...gone, version: gone.version + 1 }
      await tx.batch([
        deletePriceList(gone.id),
        ...refreshAllOffers(products),
        ...(await tell(ctx, 'price_list.removed', last, 'removed')),
      ])
    })

  const setAll: ListHandlers['setListedPrices'] = (ctx, { params, body }) =>
    db.transaction(ctx, (tx) => put(ctx, tx, params.priceListId, body.items))

  const setOne: ListHandlers['setListedPrice'] = (ctx, { params, body: { prices } }) =>
    db.transaction(ctx, (tx) =>
      put(ctx, tx, params.priceListId, [{ variantId: params.variantId, prices }]),
    )

  /** Locks the list, then the products; their prices and offers change in the same commit. */
  async function put(
    ctx: Context,
    tx: Transaction,
    listId: string,
    items: readonly ListedContent[],
  ): Promise<PriceList> {
    const [before] = await tx.run(lockPriceList(listId))
    if (!before) throw missing()
    const variantIds = items.map((one) => one.variantId)
    const products = await tx.run(lockProductsOf(variantIds))
    const known = new Set((await tx.run(findVariants(variantIds))).map((one) => one.id))
    const unknown = variantIds.find((id) => !known.has(id))
    if (unknown !== undefined) throw new Problem(variantMissing, `No variant has the id ${unknown}`)
    const after = { ...before, version: before.version + 1 }
    const [, , [counted]] = await tx.batch([
      deleteListed(listId, variantIds),
      insertListed(listId, items),
      countListed(listId),
      updatePriceList(...fieldsOf(after), ctx.now),
      ...refreshAllOffers(products),
      ...(await tell(ctx, 'price_list.prices_set', after)),
    ])
    if ((counted?.count ?? 0) > maxListedPrices)
      throw unfit('/body', `at most ${maxListedPrices} prices in a list`, 'There would be more')
    return after
  }

  return { list, make, create, change, remove, prices, setAll, setOne }
}

const nameProblem = {
  price_list_name: () => new Problem(priceListNameTaken, 'Choose another'),
}

async function expectFit(tx: Transaction, { groupId, startsAt, endsAt }: PriceList): Promise<void> {
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt)
    throw unfit('/body', 'an end after its beginning', `It would end at ${endsAt}`)
  const [group] = groupId === null ? [] : await tx.run(holdGroup(groupId))
  if (groupId !== null && !group) throw groupMissing()
}

function missing(): Problem {
  return new Problem(priceListMissing, 'No price list has this id')
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(priceListUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
