// A shop with an account at a Stripe of its own, which sends it webhooks.
import { paymentContract } from '@prognetwork/contracts/payment'
import { callingAs, startTestPlatform } from '@prognetwork/testing'
import Stripe from 'stripe'
import { expect } from 'vitest'
import { startStripeServer } from './stripe-server.ts'

const { setStripeAccount } = paymentContract.operations
export const signingSecret = 'whsec_51LocalCounterpart9fQ2'

/** How often an event is sent and after how long each time: none at all, or more than once. */
export type Post = () => readonly number[]

export async function openStripeShop(options: { readonly stripeSeconds?: number } = {}) {
  const server = await startStripeServer()
  const orders = callingAs('order-service')
  const platform = await startTestPlatform({
    definitions: orders.definitions,
    configuration: { 'payment-service': { stripeUrl: server.url, ...options } },
  })
  const shop = await platform.shop()
  const body = { secretKey: server.key, signingSecret }
  const account = await shop.staff.call(setStripeAccount, { body })
  expect(account.status, JSON.stringify(account.body)).toBe(200)
  const path = new URL(account.body.webhookUrl).pathname
  const sent = new Set<Promise<unknown>>()
  let post: Post = () => [0]

  function send(payload: string, secret = signingSecret, to = path) {
    const timestamp = Math.floor(platform.clock.nowMs() / 1_000)
    const { webhooks } = new Stripe(server.key)
    const signature = webhooks.generateTestHeaderString({ payload, secret, timestamp })
    return platform.anonymous.raw('POST', to, {
      body: payload,
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    })
  }

  server.onEvent((told) => {
    const payload = JSON.stringify(told)
    for (const delayMs of post()) {
      const sending = new Promise((resolve) => setTimeout(resolve, delayMs))
        .then(() => send(payload))
        .then(({ status }) => expect(status).toBe(200))
        .finally(() => sent.delete(sending))
      sent.add(sending)
    }
  })

  return {
    ...{ server, orders, platform, shop, account: account.body, path, send },
    posting(next: Post) {
      post = next
    },
    async allSent() {
      while (sent.size > 0) await Promise.all(sent)
    },
    async stop() {
      await platform.stop()
      await server.stop()
    },
  }
}

export type StripeShop = Awaited<ReturnType<typeof openStripeShop>>
