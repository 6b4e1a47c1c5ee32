import { createSign, generateKeyPairSync } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newAddress } from './buying.ts'
import { type SendgridServer, startSendgridServer } from './sendgrid-server.ts'

const { listSuppressions, readMessage, sendMessage } = emailContract.operations
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

let platform: TestPlatform
let shop: TestShop
let server: SendgridServer

beforeAll(async () => {
  server = await startSendgridServer('SG.key')
  platform = await startTestPlatform({
    configuration: {
      'email-service': {
        ...{ transport: 'sendgrid', sendgridKey: 'SG.key', sendgridUrl: server.url },
        sendgridEventKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      },
    },
  })
  shop = await platform.shop()
})
afterAll(async () => {
  await platform?.stop()
  await server?.stop()
})

async function sent() {
  const to = newAddress()
  const { body } = await shop.staff.call(sendMessage, { body: { to, subject: 'x', text: 'x' } })
  await expect.poll(stateOf(body.id)).toBe('sent')
  return { id: body.id, to }
}

const stateOf = (messageId: string) => async () =>
  (await shop.staff.call(readMessage, { params: { messageId } })).body.state

/** As SendGrid posts it: the signature is of the bytes as they are. */
function tell(body: string, { signed = body, timestamp = '1764306000' } = {}) {
  const signature = createSign('sha256')
    .update(timestamp + signed)
    .sign(privateKey, 'base64')
  return platform.anonymous.raw('POST', '/api/v1/sendgrid-events', {
    body,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
  })
}

const eventOf = ({ id, to }: { id: string; to: string }, part: object) => ({
  ...{ email: to, timestamp: 1_764_306_000, sg_event_id: 'x', message: id, tenant: shop.id },
  ...part,
})

test('what SendGrid tells of mails is believed, once, and ends addresses', async () => {
  const mails = [await sent(), await sent(), await sent(), await sent()] as const
  const [arrived, gone, blocked, spam] = mails
  const list = [
    eventOf(arrived, { event: 'delivered' }),
    eventOf(gone, { event: 'bounce', type: 'bounce', status: '5.1.1', reason: 'no such user' }),
    eventOf(blocked, { event: 'bounce', type: 'blocked', status: '5.7.1' }),
    eventOf(spam, { event: 'delivered' }),
    eventOf(spam, { event: 'spamreport' }),
    eventOf(spam, { event: 'processed' }),
    { event: 'delivered', email: 'x@example.com' },
  ]
  for (let times = 0; times < 2; times++)
    expect((await tell(JSON.stringify(list))).body).toEqual({ heard: 5 })
  const states = await Promise.all(mails.map(({ id }) => stateOf(id)()))
  expect(states).toEqual(['delivered', 'bounced', 'bounced', 'complained'])
  const { body } = await shop.staff.call(listSuppressions, { query: {} })
  expect(new Map(body.items.map(({ address, reason }) => [address, reason]))).toEqual(
    new Map([
      [gone.to, 'bounced'],
      [spam.to, 'complained'],
    ]),
  )
  const told = async () => {
    const { rows } = await platform.sql.query(
      'select type from event_streaming_service.domain_log where key = $1 order by position',
      [spam.id],
    )
    return rows.map(({ type }) => type)
  }
  await expect.poll(told).toEqual(['email.sent', 'email.delivered', 'email.complained'])
})

test('what somebody else tells, or tells of another tenant, changes nothing', async () => {
  const mail = await sent()
  const body = JSON.stringify([eventOf(mail, { event: 'bounce' })])
  const unsigned = await platform.anonymous.raw('POST', '/api/v1/sendgrid-events', {
    body,
    headers: { 'content-type': 'application/json' },
  })
  for (const answer of [unsigned, await tell(body, { signed: '[]' })])
    expect([answer.status, answer.problem.code]).toEqual([403, 'email.signature_wrong'])
  const unreadable = await tell('{')
  expect([unreadable.status, unreadable.problem.code]).toEqual([422, 'email.report_unreadable'])
  const other = await platform.shop()
  const elsewhere = [eventOf(mail, { event: 'bounce', tenant: other.id })]
  expect((await tell(JSON.stringify(elsewhere))).body).toEqual({ heard: 0 })
  expect(await stateOf(mail.id)()).toBe('sent')
})
