import type { Output } from '@prognetwork/contracts'
import { pictureFetch, productContract } from '@prognetwork/contracts/product'
import { workerContract } from '@prognetwork/contracts/worker'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import sharp from 'sharp'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draw, send } from './drawn.ts'
import { file, leadTo, startPictureServer } from './picture-server.ts'

const {
  changeProduct,
  exportCatalogue,
  importProducts,
  linkExport,
  listCatalogue,
  listPictures,
  removePicture,
} = productContract.operations
const { cancelJob, readJob } = workerContract.operations
const patience = { timeout: 20_000 }

let platform: TestPlatform
let shop: TestShop
let server: Awaited<ReturnType<typeof startPictureServer>>
beforeAll(async () => {
  server = await startPictureServer()
  platform = await startTestPlatform({
    configuration: { 'product-service': { pictureAllowedNetworks: '127.0.0.1/32' } },
  })
  shop = await platform.shop()
})
afterAll(async () => {
  await platform?.stop()
  await server?.stop()
})

type ImportLine = Output<typeof importProducts> extends AsyncIterable<infer Line> ? Line : never

/** The last line of the answer. */
async function take(list: string, of = shop, query = ''): Promise<ImportLine> {
  const { status, body } = await of.staff.raw('PUT', `/api/v1/catalogue/import${query}`, {
    headers: { 'content-type': 'text/csv' },
    body: list,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return (body as ImportLine[]).at(-1) ?? { kind: 'failed', rows: 0 }
}

async function jobOf(jobId: string | undefined, wanted: object, of = shop) {
  const read = async () => (await of.staff.call(readJob, { params: { jobId: jobId ?? '' } })).body
  await expect.poll(read, patience).toMatchObject(wanted)
  return read()
}

/** Takes a list whose pictures are fetched to their end: what that came to. */
async function fetched(list: string, of = shop) {
  const { pictures } = await take(list, of)
  return (await jobOf(pictures?.jobId, { state: 'succeeded' }, of)).result
}

const listOf = (slug: string, ...urls: string[]) =>
  ['slug,title,image_url', ...urls.map((url) => `${slug},A ${slug},${url}`)].join('\n')

async function productOf(slug: string, of = shop) {
  const { body } = await of.staff.call(listCatalogue, { query: { limit: 100 } })
  const product = body.items.find((one) => one.slug === slug)
  if (!product) throw new Error(`there is no ${slug}`)
  return product
}

async function picturesOf(slug: string, of = shop) {
  const params = { productId: (await productOf(slug, of)).id }
  return (await of.staff.call(listPictures, { params })).body.items
}

async function exported(of: TestShop): Promise<string> {
  const { body } = await of.staff.call(exportCatalogue, { body: { format: 'csv' } })
  await jobOf(body.exportId, { state: 'succeeded' }, of)
  const link = await of.staff.call(linkExport, { params: { exportId: body.exportId } })
  const address = link.body.url.replace('http://localhost:8000', platform.origin)
  return (await request(address)).body.text()
}

test('pictures that a list names are fetched once, and shown from here', async () => {
  const first = server.answer('/lamp.jpg', file(await draw(900, 600, 'jpeg')))
  const second = server.answer('/lamp', leadTo('/lamp.webp'))
  server.answer('/lamp.webp', file(await draw(100, 50, 'webp')))
  const list = [
    'Handle,Title,Image Src,Image Alt Text',
    `lamp,A lamp,${first},The lamp`,
    `lamp,,${second},`,
  ].join('\n')
  const taken = await take(list)
  expect(taken).toMatchObject({ kind: 'finished', refused: 0, pictures: { wanted: 2 } })
  const { result, progress } = await jobOf(taken.pictures?.jobId, { state: 'succeeded' })
  expect(result).toEqual({ kept: 2, failed: 0, failures: [] })
  expect(progress).toMatchObject({ done: 2, total: 2 })
  expect(await picturesOf('lamp')).toMatchObject([
    { position: 1, alt: 'The lamp', width: 900, height: 600, sourceUrl: first },
    { position: 2, alt: null, width: 100, height: 50, sourceUrl: second },
  ])
  const { images } = await productOf('lamp')
  expect(images.map((one) => one.sizes.length)).toEqual([3, 1])
  const shown = await request(
    images[0]?.url.replace('http://localhost:8000', platform.origin) ?? '',
  )
  const { width } = await sharp(Buffer.from(await shown.body.arrayBuffer())).metadata()
  expect(width).toBe(900)
  const again = await take(list)
  expect(again).toMatchObject({ kind: 'finished', products: { unchanged: 1 } })
  expect(again).not.toHaveProperty('pictures')
  expect([server.times('/lamp.jpg'), server.times('/lamp'), server.times('/lamp.webp')]).toEqual([
    1, 1, 1,
  ])
})

test('one that cannot be had is told with its line and why, and its product is there', async () => {
  const good = server.answer('/good.png', file(await draw(30, 30)))
  const large = server.answer('/large.png', file(Buffer.alloc(20 * 1_048_576 + 1)))
  const bomb = server.answer('/bomb.png', file(await draw(9_000, 9_000)))
  const text = server.answer('/text.png', (_, reply) => void reply.end('This is a text.'))
  const short = server.answer('/short.png', (_, reply) => {
    reply.writeHead(200, { 'content-length': 5_000 }).write('short')
    setTimeout(() => reply.destroy(), 50)
  })
  const inside = server.answer('/inside', leadTo('http://169.254.169.254/latest/meta-data'))
  const round = server.answer('/round', leadTo('/round'))
  const gone = `${server.origin}/gone.png`
  const shut = 'http://127.0.0.1:9/shut.png'
  const neighbour = 'http://10.0.0.1/neighbour.png'
  const urls = [good, large, bomb, text, short, inside, round, gone, shut, neighbour]
  const result = await fetched(listOf('chair', ...urls))
  const { id, images } = await productOf('chair')
  expect(result).toMatchObject({ kept: 1, failed: 9 })
  const told = pictureFetch.result.parse(result).failures.map((one) => {
    expect(one).toMatchObject({ productId: id, url: urls[one.line - 2] })
    return [one.url, one.reason]
  })
  expect(told).toEqual([
    [large, 'It is larger than 20 MB, or did not come whole'],
    [bomb, 'It has 9000 x 9000 pixels; at most 50000000 are taken'],
    [text, expect.stringContaining('JPEG, PNG, WebP, GIF or AVIF')],
    [short, 'It is larger than 20 MB, or did not come whole'],
    [inside, '169.254.169.254 is not on the public internet'],
    [round, 'It redirects more than 3 times'],
    [gone, 'It answered with status 404'],
    [shut, expect.stringMatching(/refused/)],
    [neighbour, '10.0.0.1 is not on the public internet'],
  ])
  // Whoever looks is led to where the tenant said.
  expect(images.slice(1).map((one) => one.url)).toEqual(urls.slice(1))
  server.answer('/gone.png', file(await draw(30, 30)))
  const again = await fetched(listOf('chair', good, gone))
  expect(again).toEqual({ kept: 1, failed: 0, failures: [] })
  expect(server.times('/good.png')).toBe(1)
})

test('what is exported and imported by another shop is exported by it alike', async () => {
  const source = await platform.shop()
  const url = server.answer('/desk.png', file(await draw(300, 300)))
  await fetched(listOf('desk', url), source)
  const { id } = await productOf('desk', source)
  const uploaded = await send(source.staff, id, await draw(40, 40), { alt: 'From behind' })
  expect(uploaded.status).toBe(201)
  const list = await exported(source)
  expect(list).toContain(url)
  const own = await take(list, source)
  expect(own).toMatchObject({ products: { created: 0, updated: 0, unchanged: 1 } })
  expect(own).not.toHaveProperty('pictures')
  const fresh = await platform.shop()
  await fetched(list, fresh)
  expect(await exported(fresh)).toBe(list)
  expect(server.times('/desk.png')).toBe(2)
})

test('the same picture under two addresses is kept once', async () => {
  const bytes = await draw(64, 64)
  const urls = ['/one.png', '/two.png'].map((path) => server.answer(path, file(bytes)))
  expect(await fetched(listOf('stool', ...urls))).toMatchObject({ kept: 2, failed: 0 })
  const kept = await picturesOf('stool')
  expect(kept).toHaveLength(1)
  const { images } = await productOf('stool')
  expect(new Set(images.map((one) => one.url)).size).toBe(1)
  await shop.staff.call(removePicture, { params: { pictureId: kept[0]?.id ?? '' } })
  expect((await productOf('stool')).images).toEqual([])
})

test('what its product gives up meanwhile is not kept', async () => {
  const bytes = await draw(50, 50)
  let arrived = () => {}
  const isAsked = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let go = () => {}
  const url = server.answer('/late.png', (_, reply) => {
    go = () => void reply.end(bytes)
    arrived()
  })
  const { pictures } = await take(listOf('bed', url))
  await isAsked
  const { id, version } = await productOf('bed')
  const body = { version, changes: { images: [] } }
  expect((await shop.staff.call(changeProduct, { params: { productId: id }, body })).status).toBe(
    200,
  )
  go()
  const { result } = await jobOf(pictures?.jobId, { state: 'succeeded' })
  expect(result).toMatchObject({
    ...{ kept: 0, failed: 1 },
    failures: [{ line: 2, url, reason: 'The product does not name it any more' }],
  })
  expect(await picturesOf('bed')).toEqual([])
})

test('a job that is cancelled asks for no more, and the list brings the rest when it comes again', async () => {
  let arrived = () => {}
  const isAsked = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const left = new Promise<void>((resolve) => {
    server.answer('/slow.png', (_, reply) => {
      reply.once('close', resolve)
      arrived()
    })
  })
  const next = server.answer('/next.png', file(await draw(50, 50)))
  const list = listOf('sofa', `${server.origin}/slow.png`, next)
  const { pictures } = await take(list)
  await isAsked
  const params = { jobId: pictures?.jobId ?? '' }
  expect((await shop.staff.call(cancelJob, { params })).status).toBeLessThan(300)
  await left
  await jobOf(params.jobId, { state: 'cancelled' })
  expect(server.times('/next.png')).toBe(0)
  server.answer('/slow.png', file(await draw(50, 50)))
  expect(await fetched(list)).toEqual({ kept: 2, failed: 0, failures: [] })
})

test('what is only to be linked is shown from where it is', async () => {
  const url = server.answer('/linked.png', file(await draw(50, 50)))
  expect(await take(listOf('rug', url), shop, '?pictures=link')).not.toHaveProperty('pictures')
  expect((await productOf('rug')).images).toEqual([{ url, alt: null, sizes: [] }])
  const { rows } = await platform.sql.query(
    'select count(*)::int as count from product_service.wanted_picture where url = $1',
    [url],
  )
  expect(rows[0].count).toBe(0)
})

test('a dry run says how many it would fetch, and fetches none', async () => {
  const url = server.answer('/tried.png', file(await draw(50, 50)))
  const tried = await take(listOf('table', url), shop, '?dryRun=true')
  expect(tried).toMatchObject({ kind: 'finished', pictures: { wanted: 1 } })
  expect(tried.pictures).not.toHaveProperty('jobId')
  const { rows } = await platform.sql.query(
    'select count(*)::int as count from product_service.wanted_picture where url = $1',
    [url],
  )
  expect(rows[0].count).toBe(0)
})

test('only the public internet is asked where an operator has opened nothing else', async () => {
  const closed = await startTestPlatform()
  try {
    const own = await closed.shop()
    const url = server.answer('/closed.png', file(await draw(50, 50)))
    expect(await fetched(listOf('shelf', url), own)).toMatchObject({
      failures: [{ line: 2, reason: expect.stringContaining('127.0.0.1') }],
    })
    expect(server.times('/closed.png')).toBe(0)
  } finally {
    await closed.stop()
  }
})
