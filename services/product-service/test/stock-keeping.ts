// A shop that keeps stock in several places, and what is asked of it.
import { randomUUID } from 'node:crypto'
import { productContract } from '@prognetwork/contracts/product'
import type { callingAs, TestPlatform, TestShop } from '@prognetwork/testing'
import { expect } from 'vitest'

const {
  createProduct,
  readStock,
  moveStock,
  createLocation,
  reserveStock,
  commitReservation,
  releaseReservation,
} = productContract.operations

export type Keeping = ReturnType<typeof createKeeping>

export function createKeeping(
  platform: TestPlatform,
  shop: TestShop,
  orders: ReturnType<typeof callingAs>,
) {
  /** A variant of which so many lie in the first place. */
  async function makeVariant(onHand: number, stockPolicy = 'deny' as 'deny' | 'continue') {
    const { body } = await shop.staff.call(createProduct, {
      body: {
        title: `Thing ${randomUUID()}`,
        status: 'active',
        variants: [{ onHand, stockPolicy, prices: [{ amountMinor: 1_000, currency: 'EUR' }] }],
      },
    })
    return body.variants[0]?.id ?? ''
  }

  const makePlace = async (priority = 100, of = shop) => {
    const answer = await of.staff.call(createLocation, {
      body: { name: `Place ${randomUUID()}`, priority },
    })
    expect(answer.status).toBe(201)
    return answer.body.id
  }

  const stock = async (variantId: string) =>
    (await shop.staff.call(readStock, { params: { variantId } })).body

  /** The totals, and what lies in each place and is reserved of it. */
  async function counts(variantId: string) {
    const { onHand, reserved, locations } = await stock(variantId)
    const places = locations.map((one) => [one.locationId, one.onHand, one.reserved])
    return { onHand, reserved, places: Object.fromEntries(places.map(([id, ...of]) => [id, of])) }
  }

  const move = (
    variantId: string,
    fromLocationId: string,
    toLocationId: string,
    quantity: number,
  ) =>
    shop.staff.call(moveStock, {
      params: { variantId },
      body: { fromLocationId, toLocationId, quantity },
    })

  const reserve = (variantId: string, quantity: number, orderId = randomUUID()) =>
    orders.call(shop.id, reserveStock, {
      body: { orderId, currency: 'EUR', lines: [{ variantId, quantity }] },
    })
  const commit = (reservationId: string) =>
    orders.call(shop.id, commitReservation, { params: { reservationId } })
  const release = (reservationId: string) =>
    orders.call(shop.id, releaseReservation, { params: { reservationId } })

  const eventsOf = async (type: string, key: string) =>
    (
      await platform.sql.query(
        'select data from every_event where type = $1 and key = $2 order by seq',
        [type, key],
      )
    ).rows.map((row) => JSON.parse(row.data))

  return { makeVariant, makePlace, stock, counts, move, reserve, commit, release, eventsOf }
}
