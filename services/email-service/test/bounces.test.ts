import { emailContract } from '@prognetwork/contracts/email'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Buying, createBuying, newAddress } from './buying.ts'

const { listSuppressions, sendMessage } = emailContract.operations

let platform: TestPlatform
let shop: TestShop
let buying: Buying

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  buying = createBuying(platform, shop)
})
afterAll(() => platform?.stop())

interface Report {
  readonly id: string
  readonly to: string
  readonly status?: string
  readonly action?: string
}

/** As Postfix writes it. */
const reportOf = ({ id, to, status = '5.1.1', action = 'failed' }: Report) =>
  [
    'From: MAILER-DAEMON@mx.example.com (Mail Delivery System)',
    'To: no-reply@mail.invalid',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="8A5D2.1732/mx.example.com"',
    '',
    '--8A5D2.1732/mx.example.com',
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `<${to}>: host mail.example.com said: no`,
    '',
    '--8A5D2.1732/mx.example.com',
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    'Arrival-Date: Sat, 28 Nov 2026 05:00:00 +0000 (UTC)',
    '',
    `Final-Recipient: rfc822; ${to}`,
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 User unknown in local',
    '    recipient table',
    '',
    '--8A5D2.1732/mx.example.com',
    'Content-Description: Undelivered Message Headers',
    'Content-Type: text/rfc822-headers',
    '',
    'From: A Shop <no-reply@mail.invalid>',
    `Message-ID: <${id}@mail.invalid>`,
    '',
    '--8A5D2.1732/mx.example.com--',
    '',
  ].join('\r\n')

const report = (body: string, client = shop.staff) =>
  client.raw('POST', '/api/v1/mail-bounces', {
    body,
    headers: { 'content-type': 'message/rfc822' },
  })

async function sent(to = newAddress()) {
  const { body } = await shop.staff.call(sendMessage, { body: { to, subject: 'x', text: 'x' } })
  await expect.poll(async () => (await buying.read(body.id)).state).toBe('sent')
  return { id: body.id, to }
}

const toldOf = async (messageId: string) =>
  (
    await platform.sql.query(
      `select type, data::jsonb ->> 'kind' as kind from event_streaming_service.domain_log
       where key = $1 and type <> 'email.sent' order by position`,
      [messageId],
    )
  ).rows

const suppressed = async () =>
  (await shop.staff.call(listSuppressions, { query: { limit: '100' } })).body.items.map(
    ({ address, reason }) => [address, reason],
  )

test('a mail that came back for good is the last one to that address', async () => {
  const mail = await sent()
  for (let times = 0; times < 2; times++) {
    const { status, body } = await report(reportOf(mail))
    expect([status, body]).toEqual([200, { messageId: mail.id, kind: 'hard', status: '5.1.1' }])
  }
  expect(await buying.read(mail.id)).toMatchObject({
    state: 'bounced',
    error: '5.1.1 550 5.1.1 User unknown in local recipient table',
  })
  expect(await suppressed()).toContainEqual([mail.to, 'bounced'])
  await expect.poll(() => toldOf(mail.id)).toEqual([{ type: 'email.bounced', kind: 'hard' }])
  const { body } = await shop.staff.call(sendMessage, {
    body: { to: mail.to, subject: 'x', text: 'x' },
  })
  expect(body.state).toBe('suppressed')
})

test.each(['4.4.1', '5.2.2', '5.7.1'])('%s says nothing of the address', async (status) => {
  const mail = await sent()
  expect((await report(reportOf({ ...mail, status }))).body).toMatchObject({ kind: 'soft' })
  expect((await buying.read(mail.id)).state).toBe('bounced')
  expect((await suppressed()).flat()).not.toContain(mail.to)
})

test('a mail that is said to have arrived was delivered, and may still come back', async () => {
  const mail = await sent()
  await report(reportOf({ ...mail, status: '2.0.0', action: 'delivered' }))
  expect((await buying.read(mail.id)).state).toBe('delivered')
  await report(reportOf(mail))
  await report(reportOf({ ...mail, status: '2.0.0', action: 'delivered' }))
  expect((await buying.read(mail.id)).state).toBe('bounced')
  await expect
    .poll(() => toldOf(mail.id))
    .toEqual([
      { type: 'email.delivered', kind: null },
      { type: 'email.bounced', kind: 'hard' },
    ])
})

test('a report about another mail, another address or nothing at all changes nothing', async () => {
  const mail = await sent()
  const other = await platform.shop()
  for (const answer of [
    await report(reportOf({ ...mail, to: 'eve@example.com' })),
    await report(reportOf(mail), other.staff),
    await report(reportOf({ ...mail, id: 'x' })),
  ])
    expect([answer.status, answer.problem.code]).toEqual([404, 'email.report_unknown'])
  for (const answer of [
    await report('Subject: Out of office\r\n\r\nI am away.\r\n'),
    await report(reportOf({ ...mail, action: 'delayed', status: '4.0.0' })),
    await report('\u0000'),
  ])
    expect([answer.status, answer.problem.code]).toEqual([422, 'email.report_unreadable'])
  expect((await buying.read(mail.id)).state).toBe('sent')
})
