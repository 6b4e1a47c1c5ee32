// One customer's way through the shop: everything that follows from the order is of one trace.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Output } from '@prognetwork/contracts'
import { emailContract } from '@prognetwork/contracts/email'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { enter, type Newcomers } from '../seed/newcomers.ts'
import type { PlatformClient } from '../seed/platform-client.ts'
import { opinion } from './arrangement.ts'

const { moderateReview, readProduct, searchProducts, writeReview } = productContract.operations
const { addCoupon, checkOut, createCart, quoteCart, setCartLine } = orderContract.operations
const { createSandboxMethod, listTestCards } = paymentContract.operations
const { listMessages, readMessage } = emailContract.operations

export interface Visit {
  readonly email: string
  readonly searched: string
  readonly found: readonly string[]
  readonly order: Output<typeof checkOut>
  readonly traceId: string
  /** From the request to its answer. */
  readonly checkoutMs: number
  /** From the answer to the mail. */
  readonly mailMs: number
  readonly mailSubject: string
}

export interface Shop {
  readonly client: PlatformClient
  readonly staff: PlatformClient
  readonly slug: string
  readonly coupon: string
  readonly searches: readonly string[]
  /** How many were drawn. */
  readonly pictures: number
}

/** Signs up, searches, fills a cart, pays, gets the mail and opens it. */
export async function visit(shop: Shop, number: number, newcomers: Newcomers): Promise<Visit> {
  const { client, slug, searches } = shop
  const email = `shopper-${number}@${slug}.example`
  const shopper = client.at(slug).as(await enter(client.at(slug), email, 'A Shopper', newcomers))
  const searched = searches[number % searches.length] ?? ''
  const { items } = await shopper.call(searchProducts, { query: { q: searched } })
  if (items.length === 0) throw new Error(`nothing was found for ${searched}`)
  const cart = await shopper.call(createCart, { body: { currency: 'EUR' } })
  for (const { id } of items.slice(0, 2)) {
    const { variants } = await shopper.call(readProduct, { query: {}, params: { product: id } })
    const [variant] = variants
    if (!variant) continue
    const params = { cartId: cart.id, variantId: variant.id }
    await shopper.call(setCartLine, { params, body: { quantity: 1 } })
  }
  const params = { cartId: cart.id }
  await shopper.call(addCoupon, { params: { ...params, code: shop.coupon } })
  const quote = await shopper.call(quoteCart, { params, body: { country: 'GB' } })
  const { paymentMethod } = await cardOf(shopper)
  const traceId = randomBytes(16).toString('hex')
  const traced = shopper.tracing(`00-${traceId}-${randomBytes(8).toString('hex')}-01`)
  const started = performance.now()
  const order = await traced.call(checkOut, {
    body: {
      ...{ cartId: cart.id, email, paymentMethod, expectedTotal: quote.total },
      ...(quote.shippingMethodId !== null && { shippingMethodId: quote.shippingMethodId }),
      shippingAddress: { name: 'A Shopper', lines: ['1 Fen Lane'], city: 'Ely', country: 'GB' },
    },
  })
  const checkoutMs = performance.now() - started
  const mail = await openMail(shop, order.id)
  const [bought] = items
  if (bought && number < reviewers) await praise(shop, shopper, bought.id, number)
  return {
    ...{ email, searched, order, traceId, checkoutMs },
    ...{ mailMs: performance.now() - started - checkoutMs, mailSubject: mail.subject ?? '' },
    found: items.slice(0, 2).map((one) => one.title),
  }
}

/** More of them would say the same. */
const reviewers = 12

/** Says what it is like, and staff read it. */
async function praise(
  { staff }: Shop,
  shopper: PlatformClient,
  productId: string,
  number: number,
): Promise<void> {
  const body = { ...opinion(number), author: 'A Shopper' }
  const { id } = await shopper.call(writeReview, { params: { productId }, body })
  await staff.call(moderateReview, { params: { reviewId: id }, body: { state: 'approved' } })
}

async function cardOf(shopper: PlatformClient): Promise<{ paymentMethod: string }> {
  const { items } = await shopper.call(listTestCards, {})
  const [card] = items
  if (!card) throw new Error('the sandbox takes no card; it has to be on for a demonstration')
  const form = { number: card.number, expiryMonth: 12, expiryYear: 2_090, securityCode: '123' }
  const { method } = await shopper.call(createSandboxMethod, { body: form })
  return { paymentMethod: method }
}

const mailMs = 20_000

/** Waits for the mail about the order and shows it as a mail program does, with its pictures. */
async function openMail({ staff }: Shop, orderId: string) {
  const deadline = performance.now() + mailMs
  for (;;) {
    const { items } = await staff.call(listMessages, { query: { orderId } })
    const sent = items.find((one) => one.state === 'sent' || one.state === 'delivered')
    if (sent) {
      const mail = await staff.call(readMessage, { params: { messageId: sent.id } })
      const pictures = [...(mail.html ?? '').matchAll(/<img[^>]+src="(https?:[^"]+)"/g)]
      for (const [, address = ''] of pictures)
        await fetch(address.replaceAll('&amp;', '&'), {
          headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140.0' },
        })
      return mail
    }
    if (performance.now() > deadline)
      throw new Error(`no mail about the order ${orderId} came within ${mailMs / 1_000} s`)
    await sleep(50)
  }
}
