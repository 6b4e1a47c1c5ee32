import { randomUUID } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newAddress } from './buying.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const { addSuppression, readMessage, sendMessage } = emailContract.operations

let platform: TestPlatform
let shop: TestShop
let server: MailServer

beforeAll(async () => {
  server = await startMailServer()
  platform = await startTestPlatform({
    configuration: {
      'email-service': { transport: 'smtp', smtpUrl: server.url, sendSeconds: '2' },
    },
  })
  shop = await platform.shop()
})
beforeEach(() => server.behave('accept'))
afterAll(async () => {
  await platform?.stop()
  await server?.stop()
})

async function send(part: object = {}, { staff } = shop) {
  const { status, body } = await staff.call(sendMessage, {
    body: { to: newAddress(), subject: 'Looms', text: 'They are ready.', ...part },
  })
  expect(status, JSON.stringify(body)).toBe(202)
  return body
}

const read = async (messageId: string) =>
  (await shop.staff.call(readMessage, { params: { messageId } })).body

const stateOf = (messageId: string) => async () => (await read(messageId)).state

const arrivedTo = (to: string | null) =>
  server.received.filter((mail) => mail.to?.some(({ address }) => address === to))

/** As if the time until its next attempt had passed; whatever is sent has the queue looked at. */
async function passTime(messageId: string) {
  await platform.sql.query(
    `update email_service.message set due_at = due_at - interval '2 days'
     where id = $1 and due_at is not null`,
    [messageId],
  )
  await send()
}

const toldOf = async (messageId: string) =>
  (
    await platform.sql.query(
      `select type, data::jsonb ->> 'reason' as reason from event_streaming_service.domain_log
       where key = $1 order by position`,
      [messageId],
    )
  ).rows

test('a mail that is asked for is sent as it was asked for', async () => {
  const { id, to } = await send({
    html: '<p>They are <a href="https://example.com/?a=1&amp;b=2">ready</a></p>',
    attachments: [{ filename: 'note.txt', mediaType: 'text/plain', content: 'SGVsbG8=' }],
  })
  await expect.poll(stateOf(id)).toBe('sent')
  const [mail, ...more] = arrivedTo(to)
  expect(more).toEqual([])
  expect(mail?.messageId).toBe(`<${id}@mail.invalid>`)
  expect(mail?.text?.trim()).toBe('They are ready.')
  expect(mail?.html).toMatch(/href="http:\/\/localhost:8000\/api\/v1\/mail-links\/[\w-]+"/)
  expect(mail?.attachments.map((one) => one.filename)).toEqual(['note.txt'])
  await expect.poll(() => toldOf(id)).toEqual([{ type: 'email.sent', reason: null }])
  expect(await read(id)).toMatchObject({
    attachments: [{ filename: 'note.txt', mediaType: 'text/plain', sizeBytes: 5 }],
  })
})

test('a mail that is refused for now is tried again, and nothing is told until it is sent', async () => {
  server.behave('defer')
  const { id, to } = await send()
  const kinds = async () => (await read(id)).timeline.map(({ kind }) => kind)
  await expect.poll(kinds).toEqual(['queued', 'deferred'])
  expect(await read(id)).toMatchObject({ state: 'queued', error: /Greylisted/ })
  expect(await toldOf(id)).toEqual([])
  server.behave('accept')
  await passTime(id)
  await expect.poll(kinds).toEqual(['queued', 'deferred', 'sent'])
  expect(arrivedTo(to)).toHaveLength(1)
  expect((await read(id)).error).toBeNull()
})

test('a mail that is refused for good has failed, and says why', async () => {
  server.behave('refuse')
  const { id } = await send()
  await expect.poll(stateOf(id)).toBe('failed')
  const { error, timeline } = await read(id)
  expect(error).toContain('5.1.1')
  expect(timeline.at(-1)).toMatchObject({ kind: 'failed', detail: error })
  await expect.poll(() => toldOf(id)).toEqual([{ type: 'email.failed', reason: 'refused' }])
  server.behave('accept')
  const next = await send()
  await expect.poll(stateOf(next.id)).toBe('sent')
  expect(await stateOf(id)()).toBe('failed')
})

test('a mail that cannot be delivered for days is given up', async () => {
  server.behave('defer')
  const { id } = await send()
  for (let attempt = 1; attempt < 13; attempt++) {
    await expect
      .poll(async () => (await read(id)).timeline.length, { timeout: 10_000 })
      .toBeGreaterThan(attempt)
    if ((await stateOf(id)()) === 'failed') break
    await passTime(id)
  }
  expect(await stateOf(id)()).toBe('failed')
  await expect.poll(() => toldOf(id)).toEqual([{ type: 'email.failed', reason: 'unreachable' }])
})

test('nothing is sent to an address that is suppressed, before or after it was asked for', async () => {
  const to = newAddress()
  server.behave('defer')
  const waiting = await send({ to })
  await expect.poll(async () => (await read(waiting.id)).timeline.length).toBe(2)
  await shop.staff.call(addSuppression, { body: { address: to.toUpperCase() } })
  server.behave('accept')
  expect((await send({ to })).state).toBe('suppressed')
  await passTime(waiting.id)
  await expect.poll(stateOf(waiting.id)).toBe('suppressed')
  expect(arrivedTo(to)).toEqual([])
})

test('a request that is sent again under its key sends no second mail', async () => {
  const to = newAddress()
  const body = { to, subject: 'Once', text: 'Once' }
  const headers = { 'idempotency-key': randomUUID() }
  const first = await shop.staff.call(sendMessage, { body }, headers)
  const second = await shop.staff.call(sendMessage, { body }, headers)
  expect(second.body).toEqual(first.body)
  await expect.poll(stateOf(first.body.id)).toBe('sent')
  expect(arrivedTo(to)).toHaveLength(1)
})

test('a tenant with many mails does not make another wait', async () => {
  const other = await platform.shop()
  server.behave('hang')
  const many = await Promise.all(Array.from({ length: 12 }, () => send()))
  const { to } = await send({}, other)
  await expect.poll(() => arrivedTo(to).length).toBe(1)
  const before = many.filter((one) => arrivedTo(one.to).length > 0)
  expect(before.length).toBeLessThanOrEqual(4)
})

describe('no header can be added to a mail by', () => {
  const evil = 'x\r\nBcc: everybody@example.com'
  test.each([
    ['the address', { to: `ada@example.com\r\nBcc: everybody@example.com` }],
    ['the address in quotes', { to: `"a\r\nBcc: x"@example.com` }],
    ['the subject', { subject: evil }],
    ['a line feed in the subject', { subject: 'x\nBcc: everybody@example.com' }],
    [
      'the name of an attachment',
      { attachments: [{ filename: evil, mediaType: 'text/plain', content: '' }] },
    ],
    [
      'the type of an attachment',
      { attachments: [{ filename: 'x', mediaType: `text/plain\r\nX: y`, content: '' }] },
    ],
  ])('%s', async (_, part) => {
    const { status, problem } = await shop.staff.call(sendMessage, {
      body: { to: newAddress(), subject: 'x', text: 'x', ...part },
    })
    expect([status, problem.code]).toEqual([400, 'request.invalid'])
  })
})
