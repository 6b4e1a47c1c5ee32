import { randomUUID } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Buying, createBuying, newAddress } from './buying.ts'

const { listMessages, readMessage } = emailContract.operations
const { answerChallenge } = paymentContract.operations
const { eraseAccount } = userContract.operations
const { addSuppression, listSuppressions, sendMessage } = emailContract.operations
const { approveReturn, describeReturn, receiveReturn, refundReturn, refuseReturn, requestReturn } =
  orderContract.operations
const { changeSettings } = tenantContract.operations
const { cancelOrder, createFulfilment, describeOrder, lookUpOrder, refundOrder, shipOrder } =
  orderContract.operations

const emailService = callingAs('email-service')
let platform: TestPlatform
let shop: TestShop
let buying: Buying

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: emailService.definitions })
  shop = await platform.shop()
  buying = createBuying(platform, shop)
})
afterAll(() => platform?.stop())

describe('an order that is bought', () => {
  test('is confirmed to a guest by a mail that shows it', async () => {
    const email = newAddress()
    const order = await buying.buy({ email, title: '<b>Pot</b> & lid' })
    const mails = await buying.sent(order.id, 1)
    expect([...mails.keys()]).toEqual(['order_placed'])
    const placed = await buying.read(mails.get('order_placed')?.id ?? '')
    expect(placed).toMatchObject({
      to: email,
      from: 'A Shop <no-reply@mail.invalid>',
      subject: `Your order ${order.reference}`,
      template: { name: 'order_placed', version: 0 },
      accountId: null,
      error: null,
      timeline: [
        { kind: 'queued', detail: null },
        { kind: 'sent', detail: 'Kept, not sent' },
      ],
    })
    expect(placed.html).toContain('2 &#215; &lt;b&gt;Pot&lt;/b&gt; &amp; lid')
    expect(placed.html).not.toContain('<b>Pot</b>')
    expect(placed.text).toContain('2 x <b>Pot</b> & lid: €31.98')
    expect(placed.text).toContain('Total: €31.98')
    expect(placed.text).toContain('To Ada\n1 Street\nLondon\nUnited Kingdom')
    expect(placed.text).toContain('Your payment of €31.98 has arrived')
    expect(placed.source).toContain(`Message-ID: <${placed.id}@mail.invalid>`)
    expect(placed.source).toMatch(new RegExp(`^To: ${email}`, 'm'))
  })

  test('can be looked at by the link in the mail, by whoever has the mail', async () => {
    const order = await buying.buy()
    const mails = await buying.sent(order.id, 1)
    const { text } = await buying.read(mails.get('order_placed')?.id ?? '')
    const link = new URL(/https?:\S+\/orders\/\S+/.exec(text ?? '')?.[0] ?? '')
    expect(link.host).toBe(`${shop.slug}.localhost:3014`)
    const key = decodeURIComponent(link.pathname.split('/').at(-1) ?? '')
    const { body } = await shop.shopper.call(lookUpOrder, { params: { key } })
    expect(body.id).toBe(order.id)
  })

  test('has its mails in the trace of the request that bought it', async () => {
    const order = await buying.buy()
    const mails = await buying.sent(order.id, 1)
    const { rows } = await platform.sql.query(
      `select type, split_part(traceparent, '-', 2) as trace
       from event_streaming_service.domain_log
       where data::jsonb ->> 'orderId' = $1 and type = 'order.placed'`,
      [order.id],
    )
    expect(rows).toHaveLength(1)
    const [{ trace }] = rows
    for (const mail of mails.values()) expect(mail.traceId).toBe(trace)
    const sent = async () =>
      (
        await platform.sql.query(
          `select split_part(traceparent, '-', 2) as trace
           from event_streaming_service.domain_log
           where data::jsonb ->> 'orderId' = $1 and type = 'email.sent'`,
          [order.id],
        )
      ).rows
    await expect.poll(sent).toEqual([{ trace }])
  })
})

test('an order that is paid later is confirmed first, and then its payment', async () => {
  const order = await buying.buy({ number: '4000002500003155' })
  const [placed] = [...(await buying.sent(order.id, 1)).values()]
  expect(placed?.template?.name).toBe('order_placed')
  const { text } = await buying.read(placed?.id ?? '')
  expect(text).toContain('We tell you as soon as it is on its way')
  expect(text).not.toContain('payment')
  const challenge = new URL(order.actionUrl ?? '').pathname.split('/').at(-1) ?? ''
  await shop.shopper.call(answerChallenge, { params: { challenge }, body: { approve: true } })
  const mails = await buying.sent(order.id, 2)
  const paid = await buying.read(mails.get('order_paid')?.id ?? '')
  expect(paid.text).toContain('Your payment of €31.98 has arrived')
})

test('a parcel, a refund and a cancellation are told with what they are about', async () => {
  const [sent, cancelled] = [await buying.buy(), await buying.buy()]
  const tracking = { carrier: 'Royal Mail', number: 'RM1' }
  await shop.staff.call(shipOrder, { params: { orderId: sent.id }, body: tracking })
  await shop.staff.call(refundOrder, {
    params: { orderId: sent.id },
    body: { reason: 'It came broken' },
  })
  await shop.staff.call(cancelOrder, {
    params: { orderId: cancelled.id },
    body: { reason: 'Out of clay' },
  })
  const first = await buying.sent(sent.id, 3)
  const second = await buying.sent(cancelled.id, 2)
  const textOf = async (mails: typeof first, name: string) =>
    (await buying.read(mails.get(name)?.id ?? '')).text
  expect(await textOf(first, 'order_shipped')).toContain('Royal Mail brings it: RM1')
  expect(await textOf(first, 'order_refunded')).toContain('You get €31.98 back')
  expect(await textOf(first, 'order_refunded')).toContain('It came broken')
  expect(await textOf(second, 'order_cancelled')).toContain('Out of clay')
})

async function returned(of: TestShop, inShop: Buying) {
  const order = await inShop.buy({ client: of.shopper, title: `Loom ${randomUUID()}` })
  const variantId = order.lines[0]?.variantId ?? ''
  const { staff } = of
  const params = { orderId: order.id }
  await staff.call(shipOrder, { params, body: { carrier: 'Royal Mail', number: 'RM1' } })
  const [kept, back] = [randomUUID(), randomUUID()]
  for (const id of [kept, back]) {
    const lines = [{ variantId, quantity: 1 }]
    await staff.call(requestReturn, { params, body: { id, lines, reason: 'Too small' } })
  }
  const refusal = { params: { returnId: kept }, body: { reason: 'It was worn' } }
  await staff.call(refuseReturn, refusal)
  const at = { params: { returnId: back } }
  await staff.call(approveReturn, at)
  await staff.call(receiveReturn, { ...at, body: { lines: [{ variantId, restock: true }] } })
  await staff.call(refundReturn, { ...at, body: { deductionMinor: 99 } })
  const mails = await inShop.sent(order.id, 6)
  const textOf = async (name: string) => (await inShop.read(mails.get(name)?.id ?? '')).text
  return { order, back, textOf }
}

test('what becomes of a return is told at each step, in the language of the shop', async () => {
  const { back, textOf, order } = await returned(shop, buying)
  expect(await textOf('return_refused')).toContain('It was worn')
  expect(await textOf('return_approved')).toContain('Once it has come, €15.99 goes back')
  expect(await textOf('return_received')).toContain('1 x Loom')
  expect(await textOf('return_refunded')).toContain('You get €15.00 back')
  const described = await emailService.call(shop.id, describeReturn, { params: { returnId: back } })
  expect([described.order.id, described.return.state]).toEqual([order.id, 'refunded'])
  await expect(
    emailService.call(shop.id, describeReturn, { params: { returnId: randomUUID() } }),
  ).rejects.toMatchObject({ code: 'order.return_missing' })

  const german = await platform.shop()
  const changes = { locale: 'de' }
  await german.staff.call(changeSettings, { body: { version: 1, changes } })
  const inGerman = await returned(german, createBuying(platform, german))
  const text = await inGerman.textOf('return_refunded')
  expect(text).toMatch(/Sie erhalten 15,00\s€ zurück/)
  expect(text).toContain(`Bestellung ${inGerman.order.reference} vom`)
  expect(text).not.toMatch(/Order|Refund|Questions/)
  const other = { params: { returnId: back } }
  await expect(emailService.call(german.id, describeReturn, other)).rejects.toMatchObject({
    code: 'order.return_missing',
  })
})

test('each parcel has a mail, which says what is in it and whether more follows', async () => {
  const order = await buying.buy({ title: 'Loom' })
  const variantId = order.lines[0]?.variantId ?? ''
  for (const number of ['RM1', 'RM2']) {
    const body = {
      ...{ id: randomUUID(), carrier: 'Royal Mail', number },
      lines: [{ variantId, quantity: 1 }],
    }
    const sent = await shop.staff.call(createFulfilment, { params: { orderId: order.id }, body })
    expect(sent.status).toBe(201)
  }
  await buying.sent(order.id, 3)
  const mails = await buying.mailsOf(order.id)
  const parcels = mails.filter(({ template }) => template?.name === 'order_shipped')
  const texts = await Promise.all(parcels.map(async ({ id }) => (await buying.read(id)).text ?? ''))
  const [first, second] = texts.toSorted((one, other) =>
    one.includes('RM1') === other.includes('RM1') ? 0 : one.includes('RM1') ? -1 : 1,
  )
  expect(first).toContain('A part of your order is on its way')
  expect(first).toContain('Royal Mail brings it: RM1. The rest follows')
  expect(first).toContain('1 x Loom')
  expect(second).toContain('Your order is on its way')
  expect(second).toMatch(/Royal Mail brings it: RM2\n/)
  expect(second).toContain('1 x Loom')
})

test('an event that is told twice makes one mail', async () => {
  const order = await buying.buy()
  const mails = await buying.sent(order.id, 1)
  const eventId = mails.get('order_placed')?.eventId ?? ''
  // As if the position had been lost: what follows in the partition comes after all of it again.
  const { rows } = await platform.sql.query(
    `update email_service.consumer_position set position = 0
     where partition = (select partition from event_streaming_service.domain_log where id = $1)
     returning partition`,
    [eventId],
  )
  const body = { carrier: 'Royal Mail', number: 'RM2' }
  await shop.staff.call(shipOrder, { params: { orderId: order.id }, body })
  const after = await buying.sent(order.id, 2)
  for (const [name, { id }] of mails) expect(after.get(name)?.id).toBe(id)
  const moved = await platform.sql.query(
    'select from email_service.consumer_position where partition = $1 and position > 0',
    [rows[0].partition],
  )
  expect(moved.rowCount).toBe(1)
})

test('another tenant sees none of them', async () => {
  const order = await buying.buy()
  const [mail] = [...(await buying.sent(order.id, 1)).values()]
  const other = await platform.shop()
  const { body } = await other.staff.call(listMessages, { query: {} })
  expect(body.items).toEqual([])
  const params = { messageId: mail?.id ?? '' }
  const refused = await other.staff.call(readMessage, { params })
  expect([refused.status, refused.problem.code]).toEqual([404, 'email.message_missing'])
})

test('a person who is erased is forgotten in what was sent to them', async () => {
  const { client, accountId, email } = await buying.customer()
  const bought = await buying.buy({ client, email })
  const asGuest = await buying.buy({ email })
  const mails = [...(await buying.sent(bought.id, 1)).values()].concat([
    ...(await buying.sent(asGuest.id, 1)).values(),
  ])
  expect(mails[0]?.accountId).toBe(accountId)
  const attachments = [{ filename: 'ada.txt', mediaType: 'text/plain', content: 'QWRh' }]
  const { body: asked } = await shop.staff.call(sendMessage, {
    body: { to: email, subject: 'For Ada', text: 'For Ada', attachments },
  })
  await expect.poll(async () => (await buying.read(asked.id)).state).toBe('sent')
  const other = await buying.buy()
  const kept = [...(await buying.sent(other.id, 1)).values()]
  await shop.staff.call(addSuppression, { body: { address: email } })
  const erased = await shop.staff.call(eraseAccount, { params: { accountId } })
  expect(erased.status).toBe(204)
  for (const { id } of [...mails, asked]) {
    await expect.poll(async () => (await buying.read(id)).to).toBeNull()
    const mail = await buying.read(id)
    expect(mail).toMatchObject({
      ...{ state: 'sent', from: null, subject: null, text: null, html: null, source: null },
      ...{ attachments: [], error: null },
    })
    expect(mail.timeline.at(-1)?.kind).toBe('erased')
  }
  const { rows } = await platform.sql.query(
    `select m::text from email_service.message m where m::text like '%' || $1 || '%'
     union all select n::text from email_service.message_note n where n::text like '%' || $1 || '%'`,
    [email],
  )
  expect(rows).toEqual([])
  expect((await shop.staff.call(listSuppressions, { query: {} })).body.items).toEqual([])
  for (const { id, to } of kept) expect((await buying.read(id)).to).toBe(to)
})

test('an order is described as it was at a version, and to its own shop alone', async () => {
  const order = await buying.buy()
  const other = await platform.shop()
  const describeAt = (tenantId: string, version: string) =>
    emailService.call(tenantId, describeOrder, {
      params: { orderId: order.id },
      query: { version },
    })
  expect(await describeAt(shop.id, '1')).toMatchObject({ state: 'awaiting_payment' })
  expect(await describeAt(shop.id, '2')).toMatchObject({ state: 'paid', key: order.key })
  await expect(describeAt(other.id, '2')).rejects.toMatchObject({ code: 'order.order_missing' })
})
