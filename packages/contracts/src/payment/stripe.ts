import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { nothing, timestamp } from '../shapes.ts'

export const gatewayUnset = problem(
  'missing',
  'payment.gateway_unset',
  'The tenant has no account at this gateway',
)
export const signatureWrong = problem(
  'invalid',
  'payment.signature_wrong',
  "The webhook is not signed with the signing secret of the tenant's account",
)
export const webhookMissing = problem(
  'missing',
  'payment.webhook_missing',
  'No account has its webhooks sent here',
)

/** Never a secret as a whole, only enough of it to be told from another. */
const stripeAccount = z.object({
  mode: z.enum(['test', 'live']),
  secretKey: z.string(),
  signingSecret: z.string().nullable(),
  /** Where Stripe is to send the webhooks of the account. */
  webhookUrl: z.string(),
  setAt: timestamp,
})
const exampleAccount = {
  mode: 'test',
  secretKey: 'sk_test_...4eC3',
  signingSecret: 'whsec_...9fQ2',
  webhookUrl:
    'https://shop.example/api/v1/stripe/webhooks/AZLtQ8AAcACAAAAAAAAAAZ2gV0mZ4QyKfH3Jr8bQ1xE',
  setAt: examples.time,
} as const

export const readStripeAccount = operation('GET', '/v1/gateways/stripe', {
  summary: 'The account at Stripe that payments go to, and where its webhooks are to be sent',
  auth: { permission: 'payment:gateway:read' },
  reply: { 200: stripeAccount },
  problems: [gatewayUnset],
  example: { reply: exampleAccount },
})

/** The address for webhooks is known once there is a key, and the signing secret after that. */
export const setStripeAccount = operation('PUT', '/v1/gateways/stripe', {
  summary: 'Have payments go to an account at Stripe, or change its key or signing secret',
  auth: { permission: 'payment:gateway:update' },
  body: z.strictObject({
    secretKey: z.string().regex(/^(sk|rk)_(test|live)_[A-Za-z0-9]{8,200}$/),
    /** Without one no webhook is believed, and what happens at Stripe is learnt minutes later. */
    signingSecret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/=_-]{8,200}$/)
      .nullable()
      .default(null),
  }),
  reply: { 200: stripeAccount },
  example: {
    body: { secretKey: 'sk_test_51H8aExample4eC3', signingSecret: 'whsec_5WbExample9fQ2' },
    reply: exampleAccount,
  },
})

export const removeStripeAccount = operation('DELETE', '/v1/gateways/stripe', {
  summary: 'Forget the key and the signing secret; nothing more can be paid or given back there',
  auth: { permission: 'payment:gateway:delete' },
  reply: { 204: nothing },
  problems: [gatewayUnset],
  example: {},
})

/** Answered as soon as it is kept; what is true is then asked of Stripe, whatever it says. */
export const hearStripe = operation('POST', '/v1/stripe/webhooks/{endpoint}', {
  summary: 'What Stripe tells of payments',
  auth: { public: true },
  rate: 'bulk',
  params: z.strictObject({ endpoint: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  headers: z.object({ 'stripe-signature': z.string().max(2_000).optional() }),
  upload: 'application/json',
  reply: { 200: z.object({ received: z.literal(true) }) },
  problems: [signatureWrong, webhookMissing],
  example: {
    params: { endpoint: 'AZLtQ8AAcACAAAAAAAAAAZ2gV0mZ4QyKfH3Jr8bQ1xE' },
    body: '{"id":"evt_1","object":"event"}',
    reply: { received: true },
  },
})
