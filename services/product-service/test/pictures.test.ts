import type { Output } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  createTenants,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import sharp from 'sharp'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draw, formats, send } from './drawn.ts'

const {
  changePicture,
  changeProduct,
  createProduct,
  listPictures,
  listProducts,
  readCatalogueProduct,
  readProduct,
  removePicture,
  searchProducts,
  uploadPicture,
} = productContract.operations

const { signIn } = userContract.operations

type Picture = Output<typeof uploadPicture>

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

let count = 0
async function make(fields: object = {}, of = shop) {
  const body = { title: `Thing ${++count}`, status: 'active' as const, ...fields }
  const made = await of.staff.call(createProduct, { body })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body
}

async function add(productId: string, file: Buffer, alt?: string): Promise<Picture> {
  const answer = await send(shop.staff, productId, file, alt === undefined ? {} : { alt })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body as Picture
}

/** As a browser loads it: without a credential, and without naming a tenant. */
async function load(url: string) {
  const { statusCode, headers, body } = await request(
    url.replace('http://localhost:8000', platform.origin),
  )
  return { status: statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) }
}

const keptOf = async (productId: string) =>
  (await shop.staff.call(listPictures, { params: { productId } })).body.items

const imagesOf = async (productId: string) =>
  (await shop.staff.call(readCatalogueProduct, { params: { productId } })).body.images

describe('a picture', () => {
  test('waits for others in memory only so long as there is room', async () => {
    const product = await make()
    const file = await draw(3_000, 2_000, 'png')
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => send(shop.staff, product.id, file)),
    )
    const statuses = new Set(answers.map((one) => one.status))
    expect(statuses).toEqual(new Set([201, 503]))
    await add(product.id, file)
    expect(await keptOf(product.id)).toHaveLength(1)
  })

  test('is seen by shoppers, in sizes and at addresses that any browser can load', async () => {
    const product = await make({ title: 'Painted vase' })
    const made = await add(product.id, await draw(2_000, 1_000, 'jpeg'), 'A vase')
    expect(made).toMatchObject({
      ...{ productId: product.id, position: 1, alt: 'A vase', width: 2_000, height: 1_000 },
      sourceUrl: null,
      sizes: [{ width: 160 }, { width: 480 }, { width: 960 }, { width: 1_600 }],
    })
    for (const size of made.sizes) {
      const { status, headers, bytes } = await load(size.url)
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=86400, immutable',
        'cross-origin-resource-policy': 'cross-origin',
      })
      const { width, height, format } = await sharp(bytes).metadata()
      expect([width, height, format]).toEqual([size.width, size.width / 2, 'webp'])
    }
    const { url, alt, sizes } = made
    const image = { url, alt, sizes }
    const { shopper } = shop
    const shown = await shopper.call(readProduct, { query: {}, params: { product: product.id } })
    expect(shown.body.images).toEqual([image])
    const listed = await shopper.call(listProducts, { query: {} })
    expect(listed.body.items.find((one) => one.id === product.id)?.image).toEqual(image)
    const found = await shopper.call(searchProducts, { query: { q: 'painted vase' } })
    expect(found.body.items.map((one) => one.image)).toEqual([image])
  })

  test('is taken in each format, whatever type is said, and is not made larger', async () => {
    for (const format of formats) {
      const product = await make()
      const file = await draw(300, 200, format)
      const answer = await send(shop.staff, product.id, file, { type: 'image/tiff' })
      const { sizes } = answer.body as Picture
      expect([format, sizes.map((one) => one.width)]).toEqual([format, [160, 300]])
      const largest = await load(sizes[1]?.url.replace(/\d+$/, '1600') ?? '')
      expect(await sharp(largest.bytes).metadata()).toMatchObject({ width: 300, height: 200 })
    }
  })

  test('stands upright, and says no more where it was taken', async () => {
    const product = await make()
    const file = await draw(400, 200, 'jpeg', (one) =>
      one
        .withExif({
          IFD0: { Artist: 'Ada Lovelace' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
        })
        .withMetadata({ orientation: 6 }),
    )
    const before = await sharp(file).metadata()
    expect(before).toMatchObject({ orientation: 6, exif: expect.any(Buffer) })
    const made = await add(product.id, file)
    expect(made).toMatchObject({ width: 200, height: 400 })
    const { bytes } = await load(made.url)
    const after = await sharp(bytes).metadata()
    expect(after).toMatchObject({ width: 200, height: 400 })
    for (const kind of ['exif', 'xmp', 'iptc', 'icc', 'orientation'])
      expect(after).not.toHaveProperty(kind)
    expect(bytes.includes('Lovelace')).toBe(false)
  })

  test('is one, however often and at whatever moment the same file comes', async () => {
    const product = await make()
    const file = await draw(700, 500)
    const answers = await Promise.all([1, 2, 3].map(() => send(shop.staff, product.id, file)))
    answers.push(await send(shop.staff, product.id, file, { alt: 'Later' }))
    expect(answers.map((one) => one.status)).toEqual([201, 201, 201, 201])
    const ids = new Set(answers.map((one) => (one.body as Picture).id))
    expect(ids.size).toBe(1)
    expect(await keptOf(product.id)).toHaveLength(1)
    expect(await imagesOf(product.id)).toHaveLength(1)
    const [{ url = '' } = {}] = await imagesOf(product.id)
    expect((await load(url)).status).toBe(200)
  })

  test('is listed, and found again, while it is being added', async () => {
    const product = await make()
    const file = await draw(30, 20)
    const made = await add(product.id, file)
    const { sql } = platform
    const { rows: kept } = await sql.query(
      'delete from product_service.picture where id = $1 returning *',
      [made.id],
    )
    const { rows: before } = await sql.query(
      'select images from product_service.product where id = $1',
      [product.id],
    )
    await sql.query("update product_service.product set images = '[]' where id = $1", [product.id])

    await sql.query('begin')
    await sql.query('lock table product_service.picture in access exclusive mode')
    const asked = [keptOf(product.id), send(shop.staff, product.id, file)] as const
    const waiting = 'select count(*)::int as count from pg_locks where not granted'
    await expect.poll(async () => (await sql.query(waiting)).rows[0].count).toBe(2)
    await sql.query(
      `insert into product_service.picture
       select * from jsonb_populate_recordset(null::product_service.picture, $1::jsonb)`,
      [JSON.stringify(kept)],
    )
    await sql.query('update product_service.product set images = $2 where id = $1', [
      product.id,
      JSON.stringify(before[0].images),
    ])
    await sql.query('commit')

    expect(await asked[0]).toEqual([])
    expect((await asked[1]).body).toEqual(made)
    expect((await keptOf(product.id)).map((one) => one.id)).toEqual([made.id])
  })

  test('gets another place and other words, among images that stand elsewhere', async () => {
    const linked = 'https://images.example.com/linked.jpg'
    const product = await make({ images: [{ url: linked, alt: 'Linked' }] })
    const first = await add(product.id, await draw(20, 20))
    const second = await add(product.id, await draw(20, 20))
    expect([first.position, second.position]).toEqual([2, 3])
    const moved = await shop.staff.call(changePicture, {
      params: { pictureId: second.id },
      body: { position: 1, alt: 'The front' },
    })
    expect(moved.body).toMatchObject({ id: second.id, position: 1, alt: 'The front' })
    expect((await keptOf(product.id)).map((one) => [one.id, one.position])).toEqual([
      [second.id, 1],
      [first.id, 3],
    ])
    const images = await imagesOf(product.id)
    expect(images.map((one) => one.alt)).toEqual(['The front', 'Linked', null])
    expect(images[1]).toEqual({ url: linked, alt: 'Linked', sizes: [] })
    const last = await shop.staff.call(changePicture, {
      params: { pictureId: second.id },
      body: { position: 250, alt: null },
    })
    expect(last.body).toMatchObject({ position: 3, alt: null })
  })

  test('goes with its files when it is removed, or when its product is changed to be without', async () => {
    const product = await make()
    const [first, second] = [await draw(20, 20), await draw(20, 20)]
    const [one, other] = [await add(product.id, first), await add(product.id, second)]
    const params = { pictureId: one.id }
    expect((await shop.staff.call(removePicture, { params })).status).toBe(204)
    expect((await load(one.url)).status).toBe(404)
    expect((await shop.staff.call(removePicture, { params })).problem.code).toBe(
      'product.picture_missing',
    )
    const { version, images } = (
      await shop.staff.call(readCatalogueProduct, { params: { productId: product.id } })
    ).body
    const change = (version: number, images: { url: string; alt?: string | null }[]) =>
      shop.staff.call(changeProduct, {
        params: { productId: product.id },
        body: { version, changes: { images } },
      })
    const kept = images.map(({ url }) => ({ url, alt: 'Said anew' }))
    const same = await change(version, [...kept, ...kept])
    expect(same.body.images).toMatchObject([{ url: other.url, alt: 'Said anew' }])
    expect((await load(other.url)).status).toBe(200)
    expect((await change(version + 1, [])).body.images).toEqual([])
    expect((await load(other.url)).status).toBe(404)
    expect(await keptOf(product.id)).toEqual([])
    expect((await add(product.id, second)).id).not.toBe(other.id)
  })

  test('is told as a change of its product', async () => {
    const product = await make()
    const made = await add(product.id, await draw(20, 20))
    await shop.staff.call(removePicture, { params: { pictureId: made.id } })
    const { rows } = await platform.sql.query(
      `select type, aggregate_version from every_event where key = $1 order by aggregate_version`,
      [product.id],
    )
    expect(rows.map((row) => [row.type, row.aggregate_version])).toEqual([
      ['product.created', 1],
      ['product.updated', 2],
      ['product.updated', 3],
    ])
  })
})

describe('a file', () => {
  test('that is no whole picture is refused, whatever it is called', async () => {
    const product = await make()
    const whole = await draw(500, 500, 'jpeg', (one) => one.blur(2))
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    const tiff = await sharp(await draw(20, 20))
      .tiff()
      .toBuffer()
    for (const file of [
      'This is a text.',
      svg,
      tiff,
      whole.subarray(0, whole.length / 2),
      (await draw(900, 900)).subarray(0, 60),
      Buffer.from([0xff, 0xd8, 0xff]),
    ]) {
      const { problem } = await send(shop.staff, product.id, file)
      expect(problem).toMatchObject({ status: 422, code: 'product.picture_unreadable' })
    }
    expect(await keptOf(product.id)).toEqual([])
  })

  test('of no bytes, or of another kind, is refused', async () => {
    const product = await make()
    const empty = await send(shop.staff, product.id, Buffer.alloc(0))
    expect(empty.problem.code).toBe('product.picture_unreadable')
    const text = await send(shop.staff, product.id, 'text', { type: 'text/plain' })
    expect(text.problem.code).toBe('request.content_type_unsupported')
  })

  test('of more than 20 MB is refused', async () => {
    const product = await make()
    const { problem } = await send(shop.staff, product.id, Buffer.alloc(20 * 1_048_576 + 1))
    expect(problem).toMatchObject({ status: 413, code: 'request.body_too_large' })
  })

  test('that is small and would become large is refused before it does', async () => {
    const product = await make()
    const bomb = await draw(12_000, 12_000, 'png', (one) => one.toColourspace('b-w'))
    expect(bomb.length).toBeLessThan(1_048_576)
    const before = process.memoryUsage().rss
    const { problem } = await send(shop.staff, product.id, bomb)
    expect(problem).toMatchObject({ status: 422, code: 'product.picture_too_large' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1_048_576)
    const avif = await sharp(await draw(50, 50))
      .resize(4_100, 4_100)
      .avif({ effort: 0 })
      .toBuffer()
    expect((await send(shop.staff, product.id, avif)).problem).toMatchObject({
      code: 'product.picture_too_large',
      detail: expect.stringContaining('16000000'),
    })
  })

  test('for a product that is full is refused', async () => {
    const images = Array.from({ length: 250 }, (_, at) => ({
      url: `https://images.example.com/${at}.jpg`,
    }))
    const product = await make({ images })
    const { problem } = await send(shop.staff, product.id, await draw(20, 20))
    expect(problem).toMatchObject({ status: 409, code: 'product.pictures_too_many' })
  })
})

test('pictures of one tenant are nothing to another, or to who lacks the permission', async () => {
  const product = await make()
  const { id, url } = await add(product.id, await draw(20, 20))
  const other = await platform.shop()
  const place = { productId: product.id }
  const params = { pictureId: id }
  const attempts = (client: TestShop['staff']) =>
    Promise.all([
      client.call(listPictures, { params: place }),
      send(client, product.id, 'x'),
      client.call(changePicture, { params, body: {} }),
      client.call(removePicture, { params }),
    ])
  const foreign = await attempts(other.staff)
  expect(foreign.map((one) => one.problem.code)).toEqual([
    ...['product.product_missing', 'product.product_missing'],
    ...['product.picture_missing', 'product.picture_missing'],
  ])
  expect((await attempts(shop.shopper)).map((one) => one.status)).toEqual([401, 401, 401, 401])
  const viewer = await createTenants(platform).join(shop, 'viewer')
  const looking = await createTenants(platform).act(viewer, shop.id)
  expect((await attempts(looking)).map((one) => one.status)).toEqual([200, 403, 403, 403])
  const nobody = await platform.person()
  expect((await nobody.call(listPictures, { params: place })).status).toBe(403)
  const token = url.split('/').at(-2) ?? ''
  const guessed = Buffer.from(token, 'base64url')
  Buffer.from(other.id.replaceAll('-', ''), 'hex').copy(guessed)
  expect((await load(url.replace(token, guessed.toString('base64url')))).status).toBe(404)
})

test('a file that nobody got to name goes with the next upload an hour later', async () => {
  const product = await make()
  const lost = await add(product.id, await draw(20, 20))
  await platform.sql.query('delete from product_service.picture where id = $1', [lost.id])
  await platform.sql.query(`update product_service.product set images = '[]' where id = $1`, [
    product.id,
  ])
  await add(product.id, await draw(20, 20))
  expect((await load(lost.url)).status).toBe(200)
  platform.clock.advance(3_700_000)
  const { email, password } = shop.owner
  const session = await platform.anonymous.call(signIn, { body: { email, password } })
  const owner = platform.anonymous.as(session.body.accessToken)
  const fresh = await createTenants(platform).act(owner, shop.id)
  await send(fresh, product.id, await draw(20, 20))
  expect((await load(lost.url)).status).toBe(404)
})
