// In which ways orders are sent, and what that costs.
import type { Output } from '@prognetwork/contracts'
import { type orderContract, shippingMethodMissing } from '@prognetwork/contracts/order'
import {
  command,
  type Database,
  type Handlers,
  newId,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import type { shippingMethods } from '../tables.ts'

type ShippingHandlers = Handlers<typeof orderContract>
type Shown = Output<typeof orderContract.operations.createShippingMethod>
export type Method = Omit<typeof shippingMethods.$inferSelect, 'tenantId' | 'removedAt'>

const insertMethod = command<
  [
    id: string,
    name: string,
    countries: readonly string[] | null,
    amountMinor: number,
    currency: string,
    freeFromMinor: number | null,
  ]
>(
  'shipping_method.insert',
  `insert into shipping_method (id, name, countries, amount_minor, currency, free_from_minor)
   values ($1, $2, $3, $4, $5, $6)`,
)
/** The cheapest first. */
export const listMethods = statement<Method>(
  'shipping_method.list',
  `select id, name, countries, amount_minor as "amountMinor", currency,
     free_from_minor as "freeFromMinor"
   from shipping_method where removed_at is null order by amount_minor, id`,
)
const setRemoved = statement<{ id: string }, [id: string, now: string]>(
  'shipping_method.remove',
  `update shipping_method set removed_at = $2 where id = $1 and removed_at is null returning id`,
)

export function createShipping({ db }: { readonly db: Database }) {
  const create: ShippingHandlers['createShippingMethod'] = async (ctx, { body }) => {
    const { name, countries, price, freeFromMinor } = body
    const id = newId()
    const answer = { id, ...body }
    await db.batch(ctx, [
      insertMethod(id, name, countries, price.amountMinor, price.currency, freeFromMinor),
      ctx.answer(answer),
    ])
    return answer
  }

  const list: ShippingHandlers['listShippingMethods'] = async (ctx) => ({
    items: (await db.read(ctx, listMethods())).map(shown),
  })

  const remove: ShippingHandlers['removeShippingMethod'] = async (ctx, { params }) => {
    const [[removed]] = await db.batch(ctx, [setRemoved(params.shippingMethodId, ctx.now)])
    if (!removed) throw new Problem(shippingMethodMissing, 'Look at the list of them')
  }

  return { create, list, remove }
}

/** Those that go to a place, for an order in a currency. */
export function fitting(methods: readonly Method[], currency: string, country: string): Method[] {
  return methods.filter(
    (one) =>
      one.currency === currency && (one.countries === null || one.countries.includes(country)),
  )
}

function shown({ id, name, countries, amountMinor, currency, freeFromMinor }: Method): Shown {
  return { id, name, countries, price: { amountMinor, currency }, freeFromMinor }
}
