import type { CallInput } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPricing, euro, type Pricing } from './list-pricing.ts'

const {
  changePriceList,
  createCustomerGroup,
  createPriceList,
  listCustomerGroups,
  listListedPrices,
  listPriceLists,
  removePriceList,
  setListedPrice,
  setListedPrices,
} = productContract.operations
const nowhere = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

let platform: TestPlatform
let shop: TestShop
let pricing: Pricing
let wholesale: string
let reseller: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  pricing = createPricing(platform, shop)
  const made = await shop.staff.call(createCustomerGroup, {
    body: { key: 'wholesale', name: 'Wholesale' },
  })
  wholesale = made.body.id
  reseller = await pricing.join(wholesale)
})
afterAll(() => platform?.stop())

test('what changes of a list is felt at once', async () => {
  const made = await pricing.make([euro(1_000)])
  const list = await pricing.listed({ state: 'draft' }, [made.variantIds[0], 400])
  await pricing.expectPrice(shop.shopper, made, 1_000, null)
  type Changes = CallInput<typeof changePriceList>['body']['changes']
  let { version } = list
  const change = async (changes: Changes) => {
    const answer = await shop.staff.call(changePriceList, {
      params: { priceListId: list.id },
      body: { version, changes },
    })
    expect(answer.body, JSON.stringify(answer.body)).toMatchObject(changes)
    version = answer.body.version
  }
  await change({ state: 'active' })
  await pricing.expectPrice(shop.shopper, made, 400, 1_000)
  await change({ groupId: wholesale })
  await pricing.expectPrice(shop.shopper, made, 1_000, null)
  await pricing.expectPrice(reseller, made, 400, 1_000)
  await change({ groupId: null, endsAt: new Date(platform.clock.nowMs()).toISOString() })
  await pricing.expectPrice(reseller, made, 1_000, null)
  await change({ endsAt: null, name: 'Another' })
  await pricing.expectPrice(shop.shopper, made, 400, 1_000)
  const names = (await shop.staff.call(listPriceLists, {})).body.items.map((one) => one.name)
  expect(names).toContain('Another')
  const stale = await shop.staff.call(changePriceList, {
    params: { priceListId: list.id },
    body: { version: 1, changes: { name: 'Late' } },
  })
  expect(stale.problem).toMatchObject({ status: 412, code: 'product.price_list_outdated' })
  const states = async () => {
    const { rows } = await platform.sql.query(
      `select data from every_event where type = 'price_list.changed' and key = $1 order by seq`,
      [list.id],
    )
    return rows.map((row) => JSON.parse(row.data).state)
  }
  const params = { priceListId: list.id }
  await shop.staff.call(removePriceList, { params })
  await expect
    .poll(states)
    .toEqual([...['draft', 'draft'], ...['active', 'active', 'active', 'active'], 'removed'])
})

test('a list of another tenant is none, and neither are its prices', async () => {
  const made = await pricing.make([euro(1_000)])
  const list = await pricing.listed({}, [made.variantIds[0], 500])
  const other = await platform.shop()
  const params = { priceListId: list.id }
  const missing = { status: 404, code: 'product.price_list_missing' }
  const body = { version: list.version, changes: { name: 'Mine' } }
  expect((await other.staff.call(changePriceList, { params, body })).problem).toMatchObject(missing)
  expect((await other.staff.call(removePriceList, { params })).problem).toMatchObject(missing)
  expect((await other.staff.call(listListedPrices, { params, query: {} })).problem).toMatchObject(
    missing,
  )
  const { body: theirs } = await other.staff.call(createPriceList, { body: { name: 'Theirs' } })
  const foreign = await other.staff.call(setListedPrice, {
    params: { priceListId: theirs.id, variantId: made.variantIds[0] ?? '' },
    body: { prices: [euro(1)] },
  })
  expect(foreign.problem).toMatchObject({ status: 404, code: 'product.variant_missing' })
  const group = await other.staff.call(createPriceList, {
    body: { name: 'For yours', groupId: wholesale },
  })
  expect(group.problem).toMatchObject({ status: 404, code: 'product.customer_group_missing' })
  await pricing.expectPrice(shop.shopper, made, 500, 1_000)
})

test('what cannot be a list is refused', async () => {
  const made = await pricing.make([euro(1_000)])
  const [variantId = ''] = made.variantIds
  const times = { startsAt: '2026-03-01T00:00:00.000Z', endsAt: '2026-03-01T00:00:00.000Z' }
  const none = await shop.staff.call(createPriceList, { body: { name: 'Never', ...times } })
  expect(none.problem).toMatchObject({ status: 422, code: 'product.price_list_unfit' })
  const { body: list } = await shop.staff.call(createPriceList, { body: { name: 'Ever' } })
  const params = { priceListId: list.id }
  const turned = await shop.staff.call(changePriceList, {
    params,
    body: { version: 1, changes: times },
  })
  expect(turned.problem.code).toBe('product.price_list_unfit')
  const nobodys = await shop.staff.call(changePriceList, {
    params,
    body: { version: 1, changes: { groupId: nowhere } },
  })
  expect(nobodys.problem.code).toBe('product.customer_group_missing')
  const taken = [
    await shop.staff.call(createPriceList, { body: { name: 'Ever' } }),
    await shop.staff.call(changePriceList, {
      params: { priceListId: (await pricing.listed({}, [variantId, 999])).id },
      body: { version: 2, changes: { name: 'Ever' } },
    }),
  ]
  for (const { problem } of taken)
    expect(problem).toMatchObject({ status: 409, code: 'product.price_list_name_taken' })
  for (const items of [
    [{ variantId, prices: [euro(1), euro(2)] }],
    [
      { variantId, prices: [euro(1)] },
      { variantId, prices: [euro(2)] },
    ],
    [{ variantId, prices: [euro(-1)] }],
    [],
  ])
    expect((await shop.staff.call(setListedPrices, { params, body: { items } })).status).toBe(400)
  const body = { prices: [euro(1)] }
  for (const call of [
    shop.staff.call(setListedPrice, { params: { priceListId: nowhere, variantId }, body }),
    shop.staff.call(setListedPrices, {
      params: { priceListId: nowhere },
      body: { items: [{ variantId, ...body }] },
    }),
  ])
    expect((await call).problem.code).toBe('product.price_list_missing')
  const unknown = await shop.staff.call(setListedPrices, {
    params,
    body: { items: [{ variantId: nowhere, ...body }] },
  })
  expect(unknown.problem.code).toBe('product.variant_missing')
  const many = Array.from({ length: 50 }, (_, n) => ({
    amountMinor: n,
    currency: `A${String.fromCharCode(65 + (n % 26))}${n < 26 ? 'A' : 'B'}`,
  }))
  await platform.sql.query(
    `insert into product_service.listed_price
       (tenant_id, variant_id, list_id, currency, amount_minor)
     select $1, v.id, $2, chr(66 + n / 676) || chr(65 + n / 26 % 26) || chr(65 + n % 26), 1
     from (select id from product_service.variant where tenant_id = $1 limit 1) v,
       generate_series(0, 9989) n`,
    [shop.id, list.id],
  )
  const full = await shop.staff.call(setListedPrice, {
    params: { priceListId: list.id, variantId },
    body: { prices: many },
  })
  expect(full.problem.code).toBe('product.price_list_unfit')
  const more = await shop.staff.call(setListedPrices, {
    params,
    body: { items: [{ variantId, prices: many }] },
  })
  expect(more.problem.code).toBe('product.price_list_unfit')
  await shop.staff.call(removePriceList, { params })
})

test('there are as many lists as there may be', async () => {
  const other = await platform.shop()
  await platform.sql.query(
    `insert into product_service.price_list (tenant_id, id, name, state, created_at, updated_at)
     select $1, gen_random_uuid(), 'List ' || n, 'draft', now(), now() from generate_series(1, 100) n`,
    [other.id],
  )
  const { problem } = await other.staff.call(createPriceList, { body: { name: 'One too many' } })
  expect(problem.code).toBe('product.price_list_unfit')
})

test('prices are listed page by page, with what they are of', async () => {
  const made = await pricing.make([euro(100)], [euro(200)], [euro(300)])
  const list = await pricing.listed({}, ...made.variantIds.map((id): [string, number] => [id, 50]))
  const walked: (string | undefined)[] = []
  for (let after: string | undefined; walked.length < 9; ) {
    const { body } = await shop.staff.call(listListedPrices, {
      params: { priceListId: list.id },
      query: { limit: 2, after },
    })
    for (const one of body.items) {
      expect(one).toMatchObject({ productId: made.id, prices: [euro(50)], sku: null })
      walked.push(one.optionValues[0])
    }
    if (body.next === null) break
    after = body.next
  }
  expect(walked.toSorted()).toEqual(['0', '1', '2'])
})

test('nobody sets prices without the permission', async () => {
  const { body: list } = await shop.staff.call(createPriceList, { body: { name: 'Kept' } })
  const params = { priceListId: list.id }
  const prices = [euro(1)]
  const tenants = createTenants(platform)
  const looking = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
  const priced = { ...params, variantId: nowhere }
  const items = [{ variantId: nowhere, prices }]
  const tryAs = async (client: TestClient) => [
    (await client.call(createPriceList, { body: { name: 'No' } })).status,
    (await client.call(changePriceList, { params, body: { version: 1, changes: {} } })).status,
    (await client.call(removePriceList, { params })).status,
    (await client.call(setListedPrices, { params, body: { items } })).status,
    (await client.call(setListedPrice, { params: priced, body: { prices } })).status,
  ]
  const lookAs = async (client: TestClient) => [
    (await client.call(listPriceLists, {})).status,
    (await client.call(listListedPrices, { params, query: {} })).status,
    (await client.call(listCustomerGroups, {})).status,
  ]
  expect(await tryAs(shop.shopper)).toEqual([401, 401, 401, 401, 401])
  expect(await tryAs(looking)).toEqual([403, 403, 403, 403, 403])
  expect(await tryAs(reseller)).toEqual([403, 403, 403, 403, 403])
  expect(await lookAs(shop.shopper)).toEqual([401, 401, 401])
  expect(await lookAs(reseller)).toEqual([403, 403, 403])
  expect(await lookAs(looking)).toEqual([200, 200, 200])
})
