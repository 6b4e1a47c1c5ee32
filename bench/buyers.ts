import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import type { TestClient } from '@prognetwork/testing'

const { checkOut, createCart, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations

/** What is left of what all want. */
const scarceOnHand = 3
const plentyOnHand = 100_000

/** A card, and where in [0, 1) its share of the checkouts ends. */
const cards = [
  { number: '4242424242424242', upTo: 0.6 },
  // Declined.
  { number: '4000000000000002', upTo: 0.75 },
  // Taken, which is known seconds later.
  { number: '4000000000000077', upTo: 0.93 },
  // Declined, which is known seconds later.
  { number: '4000000000000341', upTo: 1 },
] as const

/** The ways in which a checkout may come to nothing; any other is a fault. */
const refusals: ReadonlySet<unknown> = new Set([
  'order.goods_unavailable',
  'order.payment_failed',
  'order.checkout_under_way',
])

/** What buyers know of their checkouts. */
export interface Dealings {
  /** Orders they were told of. */
  readonly acknowledged: Set<string>
  /** Carts whose checkout was not answered, and what was asked for. */
  readonly unanswered: Map<string, Form>
}

interface Form {
  readonly cartId: string
  readonly email: string
  readonly shippingAddress: { name: string; lines: string[]; city: string; country: string }
  readonly paymentMethod: string
}

/** What is on sale in a round. */
export interface Goods {
  readonly plenty: readonly [string, string]
  readonly scarce: string
}

/** Two products with as much as anybody wants, and one of which there is too little. */
export async function offerGoods(staff: TestClient, round: number): Promise<Goods> {
  const offer = async (title: string, onHand: number, amountMinor: number) => {
    const { body, status } = await staff.call(createProduct, {
      body: {
        title: `${title} ${round}`,
        status: 'active',
        variants: [{ onHand, prices: [{ amountMinor, currency: 'EUR' }] }],
      },
    })
    const [variant] = status === 201 ? body.variants : []
    if (!variant) throw new Error(`nothing to sell: ${JSON.stringify(body)}`)
    return variant.id
  }
  return {
    plenty: [await offer('Pot', plentyOnHand, 1_290), await offer('Lamp', plentyOnHand, 7_450)],
    scarce: await offer('Vase', scarceOnHand, 25_900),
  }
}

export interface Visit {
  readonly client: TestClient
  readonly goods: Goods
  readonly random: () => number
  readonly dealings: Dealings
  /** Once the platform is killed, nothing that fails is a fault. */
  isKilled(): boolean
}

/** One buyer, who fills a cart after the other and orders what is in it. */
export async function goShopping(visit: Visit): Promise<void> {
  for (let count = 0; !visit.isKilled(); count++) {
    const cartId = await fillCart(visit, count).catch(fault(visit))
    if (cartId !== undefined) await buy(visit, formOf(cartId, visit.random()))
  }
}

/** Asks for what was not answered, once for each cart; nobody may get two orders for it. */
export async function askAgain(visit: Visit): Promise<void> {
  for (const form of [...visit.dealings.unanswered.values()]) {
    if (visit.isKilled()) return
    await buy(visit, form)
  }
}

async function fillCart(visit: Visit, count: number): Promise<string> {
  const { client, goods, random } = visit
  const { status, body } = await client.call(createCart, { body: { currency: 'EUR' } })
  if (status !== 201) throw new Error(`no cart: ${JSON.stringify(body)}`)
  const cartId = body.id
  const put = async (variantId: string, quantity: number) => {
    const params = { cartId, variantId }
    const line = await client.call(setCartLine, { params, body: { quantity } })
    if (line.status !== 200) throw new Error(`not in the cart: ${JSON.stringify(line.body)}`)
  }
  // The first of everybody, so that all want it at once; later ones want what may come back.
  if (count === 0 || random() < 0.2) await put(goods.scarce, 1)
  const [usual, extra] = goods.plenty
  await put(usual, 1 + Math.floor(random() * 3))
  if (random() < 0.5) await put(extra, 1)
  return cartId
}

function formOf(cartId: string, share: number): Form {
  const card = cards.find(({ upTo }) => share < upTo) ?? cards[0]
  return {
    cartId,
    email: 'ada@example.com',
    shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
    paymentMethod: `sandbox_${card.number}_1290`,
  }
}

async function buy(visit: Visit, form: Form): Promise<void> {
  const { acknowledged, unanswered } = visit.dealings
  unanswered.set(form.cartId, form)
  const answer = await visit.client.call(checkOut, { body: form }).catch(fault(visit))
  if (!answer) return
  const refusal = answer.status === 201 ? undefined : answer.problem.code
  if (answer.status === 201) acknowledged.add(answer.body.id)
  else if (!refusals.has(refusal))
    return fault(visit)(new Error(`no checkout: ${JSON.stringify(answer.body)}`))
  if (refusal !== 'order.checkout_under_way') unanswered.delete(form.cartId)
}

function fault(visit: Visit): (error: unknown) => undefined {
  return (error) => {
    if (!visit.isKilled()) throw error
  }
}
