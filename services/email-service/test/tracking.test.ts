import { emailContract } from '@prognetwork/contracts/email'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Buying, createBuying, newAddress } from './buying.ts'

const { followLink, openMail, sendMessage } = emailContract.operations

let platform: TestPlatform
let shop: TestShop
let buying: Buying

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  buying = createBuying(platform, shop)
})
afterAll(() => platform?.stop())

const browser = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0'

/** As a mail client of a person, or whoever else, asks for an address that stands in a mail. */
async function ask(address: string, userAgent: string | undefined = browser) {
  const { pathname } = new URL(address)
  const { statusCode, headers, body } = await request(platform.origin + pathname, {
    headers: userAgent === '' ? {} : { 'user-agent': userAgent },
  })
  return { status: statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) }
}

const pictureOf = (html: string | null) => /src="(\S+mail-opens\S+)"/.exec(html ?? '')?.[1] ?? ''
const linksOf = (html: string | null) =>
  [...(html ?? '').matchAll(/href="(\S+mail-links\S+)"/g)].map((match) => match[1] ?? '')

const toldOf = async (messageId: string) =>
  (
    await platform.sql.query(
      `select type, split_part(traceparent, '-', 2) as trace, data::jsonb ->> 'link' as link
       from event_streaming_service.domain_log where key = $1 order by position`,
      [messageId],
    )
  ).rows

async function mailOf(html: string, tracked = true) {
  const { body } = await shop.staff.call(sendMessage, {
    body: { to: newAddress(), subject: 'x', text: 'x', html, tracked },
  })
  await expect.poll(async () => (await buying.read(body.id)).state).toBe('sent')
  return buying.read(body.id)
}

test('one trace leads from the request that bought an order to the mail that was opened', async () => {
  const order = await buying.buy()
  const { id, traceId } = (await buying.sent(order.id, 1)).get('order_placed') ?? { id: '' }
  const { html } = await buying.read(id)
  const picture = await ask(pictureOf(html))
  expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/gif'])
  expect(picture.headers).toMatchObject({
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'cross-origin',
  })
  expect(picture.bytes.subarray(0, 6).toString()).toBe('GIF89a')
  const [link = ''] = linksOf(html)
  const led = await ask(link)
  expect(led.status).toBe(302)
  expect(led.headers.location).toMatch(
    new RegExp(`^http://${shop.slug}\\.localhost:3014/orders/${order.id}`),
  )
  await expect
    .poll(() => toldOf(id))
    .toEqual([
      { type: 'email.sent', trace: traceId, link: null },
      { type: 'email.opened', trace: traceId, link: null },
      { type: 'email.clicked', trace: traceId, link: '0' },
    ])
})

test('what is opened and followed again is counted, and told once', async () => {
  const mail = await mailOf(
    '<a href="https://a.example/?x=1&amp;y=2">a</a><a href=\'https://b.example/\'>b</a><a href="https://a.example/?x=1&amp;y=2">a</a><a href="mailto:x@example.com">c</a>',
  )
  const links = linksOf(mail.html?.replaceAll("'", '"') ?? '')
  expect(links).toHaveLength(3)
  expect(mail.html).toContain('href="mailto:x@example.com"')
  for (const link of links) await ask(link)
  for (let count = 0; count < 3; count++) await ask(pictureOf(mail.html))
  expect((await ask(links[0] ?? '')).headers.location).toBe('https://a.example/?x=1&y=2')
  expect((await ask(links[1] ?? '')).headers.location).toBe('https://b.example/')
  const after = await buying.read(mail.id)
  expect([after.opens, after.clicks]).toEqual([4, 5])
  expect(after.timeline.map(({ kind, detail }) => [kind, detail]).slice(2)).toEqual([
    ['opened', null],
    ['clicked', '0'],
    ['clicked', '1'],
  ])
})

test('programs that look at mails are led on and not counted', async () => {
  const mail = await mailOf('<a href="https://a.example/">a</a>')
  for (const program of [
    '',
    'Mozilla/5.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1)',
    'Mozilla/5.0 (X11) HeadlessChrome/130.0',
    'curl/8.5.0',
  ]) {
    expect((await ask(pictureOf(mail.html), program)).status).toBe(200)
    expect((await ask(linksOf(mail.html)[0] ?? '', program)).status).toBe(302)
  }
  const { opens, clicks } = await buying.read(mail.id)
  expect([opens, clicks]).toEqual([0, 0])
})

test('a mail that is not to be tracked is left as it is', async () => {
  const html = '<a href="https://a.example/">a</a>'
  expect((await mailOf(html, false)).html).toBe(html)
})

test('a link that was in no mail leads nowhere', async () => {
  const mail = await mailOf('<a href="https://a.example/">a</a>')
  const [link = ''] = linksOf(mail.html)
  const token = link.split('/').at(-1) ?? ''
  const opening = pictureOf(mail.html).split('/').at(-1) ?? ''
  const forged = Buffer.from(token, 'base64url')
  forged[33] = 1
  const client = platform.anonymous
  for (const { status, problem } of [
    await client.call(followLink, { params: { token: forged.toString('base64url') } }),
    await client.call(followLink, { params: { token: opening } }),
    await client.call(openMail, { params: { token } }),
    await client.call(openMail, { params: { token: `${token.slice(0, -4)}AAAA` } }),
    await client.call(openMail, { params: { token: 'x'.repeat(30) } }),
  ])
    expect([status, problem.code]).toEqual([404, 'email.link_unknown'])
})
