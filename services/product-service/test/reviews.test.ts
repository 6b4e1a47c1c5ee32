import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const {
  createProduct,
  listCatalogue,
  listCatalogueReviews,
  listProducts,
  listReviews,
  moderateReview,
  readProduct,
  withdrawReview,
  writeReview,
} = productContract.operations
const { eraseAccount, signIn, signUp, verifyEmail } = userContract.operations

let platform: TestPlatform
let shop: TestShop
let customers: Customer[]
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  customers = await Promise.all(Array.from({ length: 6 }, () => join()))
})
afterAll(() => platform?.stop())

type Customer = Awaited<ReturnType<typeof join>>
let joined = 0

/** A customer of the shop: an account of the shop's own. */
async function join() {
  const email = `customer-${++joined}@example.com`
  const password = 'a fine and private place'
  await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Customer' } })
  const token = await platform.mailedToken(email)
  const { body } = await shop.shopper.call(verifyEmail, { body: { token, password } })
  const session = await shop.shopper.call(signIn, { body: { email, password } })
  return { accountId: body.accountId, client: shop.shopper.as(session.body.accessToken) }
}

function customer(at = 0): TestClient {
  const found = customers[at]
  if (!found) throw new Error(`there is no customer ${at}`)
  return found.client
}

let count = 0
async function make(status: 'active' | 'draft' = 'active', of = shop) {
  const body = { title: `Reviewed ${++count}`, status }
  return (await of.staff.call(createProduct, { body })).body
}

const review = (client: TestClient, productId: string, stars = 4) =>
  client.call(writeReview, {
    params: { productId },
    body: { stars, text: `Worth ${stars} stars.`, author: 'Ada' },
  })

const judge = (reviewId: string, state: 'approved' | 'rejected') =>
  shop.staff.call(moderateReview, { params: { reviewId }, body: { state } })

const ratingOf = async (product: string) =>
  (await shop.shopper.call(readProduct, { query: {}, params: { product } })).body.rating

const shownOf = async (product: string) =>
  (await shop.shopper.call(listReviews, { params: { product }, query: {} })).body.items

test('a review is shown once it was approved, and counts in every place from then on', async () => {
  const product = await make()
  const written = await review(customer(), product.id, 5)
  expect(written.status).toBe(201)
  expect(written.body).toMatchObject({
    ...{ productId: product.id, accountId: customers[0]?.accountId, state: 'pending' },
    ...{ stars: 5, text: 'Worth 5 stars.', author: 'Ada' },
  })
  expect(await shownOf(product.id)).toEqual([])
  expect(await ratingOf(product.id)).toBeNull()
  const approved = await judge(written.body.id, 'approved')
  expect(approved.body).toEqual({ ...written.body, state: 'approved' })
  const { productId, accountId, state, ...shown } = written.body
  expect(await shownOf(product.id)).toEqual([shown])
  expect(await shownOf(product.slug)).toEqual([shown])
  const other = await review(customer(1), product.id, 2)
  await judge(other.body.id, 'approved')
  await judge((await review(customer(2), product.id, 3)).body.id, 'rejected')
  const third = await review(customer(3), product.id, 3)
  const rating = { reviews: 2, averageHundredths: 350 }
  expect(await ratingOf(product.id)).toEqual(rating)
  await judge(third.body.id, 'approved')
  await judge(third.body.id, 'approved')
  await judge((await review(customer(4), product.id, 3)).body.id, 'approved')
  await judge(other.body.id, 'rejected')
  // 5, 3 and 3.
  const later = { reviews: 3, averageHundredths: 367 }
  const listed = await shop.shopper.call(listProducts, { query: {} })
  expect(listed.body.items.find((one) => one.id === product.id)?.rating).toEqual(later)
  const kept = await shop.staff.call(listCatalogue, { query: {} })
  // Whoever changes the product meanwhile is not told that it is another one.
  expect(kept.body.items.find((one) => one.id === product.id)).toMatchObject({
    rating: later,
    version: 1,
  })
})

test('a customer reviews a product once, also at the same moment, until they withdraw it', async () => {
  const product = await make()
  const both = await Promise.all([1, 5].map((stars) => review(customer(), product.id, stars)))
  expect(both.map((one) => one.status).sort()).toEqual([201, 409])
  const again = await review(customer(), product.id)
  expect(again.problem.code).toBe('product.review_exists')
  const [made] = both.filter((one) => one.status === 201)
  await judge(made?.body.id ?? '', 'approved')
  expect(await ratingOf(product.id)).toMatchObject({ reviews: 1 })
  const withdraw = (client: TestClient) =>
    client.call(withdrawReview, { params: { productId: product.id } })
  expect((await withdraw(customer(1))).problem.code).toBe('product.review_missing')
  expect((await withdraw(customer())).status).toBe(204)
  expect(await ratingOf(product.id)).toBeNull()
  expect((await review(customer(), product.id)).status).toBe(201)
})

test('an average is right however many are judged, withdrawn and written at once', async () => {
  const product = await make()
  const ids: string[] = []
  for (const at of customers.keys())
    ids.push((await review(customer(at), product.id, (at % 5) + 1)).body.id)
  await Promise.all(ids.map((id) => judge(id, 'approved')))
  // 1, 2, 3, 4, 5 and 1.
  expect(await ratingOf(product.id)).toEqual({ reviews: 6, averageHundredths: 267 })
  for (let round = 0; round < 5; round++) {
    await Promise.all(ids.slice(0, 5).map((id) => judge(id, 'rejected')))
    expect(await ratingOf(product.id)).toEqual({ reviews: 1, averageHundredths: 100 })
    await Promise.all(ids.slice(0, 5).map((id) => judge(id, 'approved')))
    expect(await ratingOf(product.id)).toEqual({ reviews: 6, averageHundredths: 267 })
  }
  const withdrawn = [0, 1, 2].map((at) =>
    customer(at).call(withdrawReview, { params: { productId: product.id } }),
  )
  await Promise.all([...withdrawn, ...ids.slice(3).map((id) => judge(id, 'rejected'))])
  expect(await ratingOf(product.id)).toBeNull()
})

test('lists go page by page, and staff narrow theirs', async () => {
  const product = await make()
  const ids: string[] = []
  for (const at of [0, 1, 2]) ids.push((await review(customer(at), product.id)).body.id)
  for (const id of ids.slice(0, 2)) await judge(id, 'approved')
  const params = { product: product.slug }
  const first = await shop.shopper.call(listReviews, { params, query: { limit: 1 } })
  const after = first.body.next ?? ''
  const second = await shop.shopper.call(listReviews, { params, query: { limit: 1, after } })
  expect([...first.body.items, ...second.body.items].map((one) => one.id)).toEqual([ids[1], ids[0]])
  expect(second.body.next).toBeNull()
  const listed = async (query: object) => {
    const { body } = await shop.staff.call(listCatalogueReviews, { query })
    return body.items.map((one) => one.id)
  }
  expect(await listed({ productId: product.id })).toEqual(ids.toReversed())
  expect(await listed({ productId: product.id, state: 'pending' })).toEqual([ids[2]])
  expect(await listed({ state: 'approved', limit: 1 })).toEqual([ids[1]])
})

test('what is not on sale has no reviews', async () => {
  const draft = await make('draft')
  expect((await review(customer(), draft.id)).problem.code).toBe('product.product_missing')
  const params = { product: draft.slug }
  const answer = await shop.shopper.call(listReviews, { params, query: {} })
  expect(answer.problem.code).toBe('product.product_missing')
})

test('reviews go with the customer who is erased, and what they added to an average', async () => {
  const [product, other] = [await make(), await make()]
  const leaving = await join()
  await judge((await review(leaving.client, product.id, 1)).body.id, 'approved')
  await review(leaving.client, other.id, 1)
  await judge((await review(customer(), product.id, 5)).body.id, 'approved')
  expect(await ratingOf(product.id)).toEqual({ reviews: 2, averageHundredths: 300 })
  const params = { accountId: leaving.accountId }
  expect((await shop.staff.call(eraseAccount, { params })).status).toBe(204)
  await expect
    .poll(() => ratingOf(product.id), { timeout: 20_000 })
    .toEqual({ reviews: 1, averageHundredths: 500 })
  const { rows } = await platform.sql.query(
    'select count(*)::int as count from product_service.review where account_id = $1',
    [leaving.accountId],
  )
  expect(rows[0].count).toBe(0)
})

test('reviews are of one tenant, and judged by who may', async () => {
  const product = await make()
  const written = await review(customer(), product.id)
  const other = await platform.shop()
  const params = { reviewId: written.body.id }
  const body = { state: 'approved' as const }
  const foreign = await other.staff.call(moderateReview, { params, body })
  expect(foreign.problem.code).toBe('product.review_missing')
  expect((await review(other.staff, product.id)).problem.code).toBe('product.product_missing')
  const theirs = await other.staff.call(listCatalogueReviews, { query: {} })
  expect(theirs.body.items).toEqual([])
  expect((await customer().call(moderateReview, { params, body })).status).toBe(403)
  expect((await customer().call(listCatalogueReviews, { query: {} })).status).toBe(403)
  expect((await shop.shopper.call(moderateReview, { params, body })).status).toBe(401)
  expect((await shop.shopper.call(listCatalogueReviews, { query: {} })).status).toBe(401)
  expect((await review(shop.shopper, product.id)).status).toBe(401)
  const nobodys = { params: { productId: product.id } }
  expect((await shop.shopper.call(withdrawReview, nobodys)).status).toBe(401)
  const viewer = await createTenants(platform).join(shop, 'viewer')
  const looking = await createTenants(platform).act(viewer, shop.id)
  expect((await looking.call(moderateReview, { params, body })).status).toBe(403)
})
