import type { Output } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draw, send } from './drawn.ts'

const { addVariant, changeVariant, createProduct, readProduct, removePicture, uploadPicture } =
  productContract.operations

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

async function make(fields: object = {}) {
  const body = { title: 'Shown', status: 'active' as const, slug: `shown-${++count}`, ...fields }
  const made = await shop.staff.call(createProduct, { body })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body
}
let count = 0

async function add(productId: string, file: Buffer, alt?: string) {
  const answer = await send(shop.staff, productId, file, alt === undefined ? {} : { alt })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body as Output<typeof uploadPicture>
}

describe('a variant', () => {
  const variantsOf = async (product: string) =>
    (await shop.shopper.call(readProduct, { query: {}, params: { product } })).body.variants

  test('names images of its product, uploaded or by address, and is shown by them', async () => {
    const [front, back] = ['https://images.example.com/f.jpg', 'https://images.example.com/b.jpg']
    const product = await make({
      ...{ options: ['Colour'], images: [{ url: front, alt: 'Front' }, { url: back }] },
      variants: [
        { optionValues: ['Red'], images: [back, front, back] },
        { optionValues: ['Blue'] },
      ],
    })
    expect(product.variants[0]?.images).toEqual([
      { url: back, alt: null, sizes: [] },
      { url: front, alt: 'Front', sizes: [] },
    ])
    const uploaded = await add(product.id, await draw(300, 200, 'png'), 'Blue one')
    const { url, alt, sizes } = uploaded
    const blue = product.variants[1]?.id ?? ''
    const named = await shop.staff.call(changeVariant, {
      params: { variantId: blue },
      body: { images: [url] },
    })
    expect(named.body.images).toEqual([{ url, alt, sizes }])
    const [, shown] = await variantsOf(product.id)
    expect(shown?.images).toEqual([{ url, alt, sizes }])
    const added = await shop.staff.call(addVariant, {
      params: { productId: product.id },
      body: { optionValues: ['Green'], images: [url, front] },
    })
    expect(added.body.images.map((one) => one.url)).toEqual([url, front])
    const priced = await shop.staff.call(changeVariant, {
      params: { variantId: blue },
      body: { sku: 'STILL-BLUE' },
    })
    expect(priced.body.images).toEqual([{ url, alt, sizes }])

    await shop.staff.call(removePicture, { params: { pictureId: uploaded.id } })
    const left = (await variantsOf(product.id)).map((one) => one.images.map((image) => image.url))
    expect(left).toEqual([[back, front], [], [front]])
  })

  test('cannot name what is no image of its product', async () => {
    const other = await make({ images: [{ url: 'https://images.example.com/other.jpg' }] })
    const strange = 'https://images.example.com/other.jpg'
    const elsewhere = await add(other.id, await draw(200, 200, 'png'))
    const product = await make()
    const variantId = product.variants[0]?.id ?? ''
    for (const url of [strange, elsewhere.url]) {
      const changed = await shop.staff.call(changeVariant, {
        params: { variantId },
        body: { images: [url] },
      })
      const added = await shop.staff.call(addVariant, {
        params: { productId: product.id },
        body: { images: [url] },
      })
      const made = await shop.staff.call(createProduct, {
        body: { title: 'Strange', variants: [{ images: [url] }] },
      })
      for (const { problem } of [changed, added, made]) {
        expect(problem).toMatchObject({ status: 422, code: 'product.product_unfit' })
        expect(problem.errors?.[0]?.pointer).toBe('/body/variants/0/images/0')
      }
    }
  })
})
