import { z } from 'zod'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { paymentMethod, paymentState } from './shapes.ts'
import { signatureWrong, webhookMissing } from './stripe.ts'

export const cardUnknown = problem(
  'unprocessable',
  'payment.card_unknown',
  'The sandbox takes test cards only',
)
export const challengeMissing = problem(
  'missing',
  'payment.challenge_missing',
  'Nobody is asked who they are here, or no more',
)

const testCard = z.object({
  number: z.string(),
  brand: z.string(),
  /** What comes of a payment with it. */
  outcome: z.string(),
})

export const listTestCards = operation('GET', '/v1/sandbox/cards', {
  summary: 'The cards that the sandbox takes, and what comes of each',
  auth: { public: true },
  reply: { 200: z.object({ items: z.array(testCard) }) },
  example: {
    reply: {
      items: [{ number: '4242424242424242', brand: 'visa', outcome: 'The payment succeeds' }],
    },
  },
})

export const createSandboxMethod = operation('POST', '/v1/sandbox/payment-methods', {
  summary: 'What the hosted form of a gateway does: a test card becomes something to pay with',
  auth: { public: true },
  body: z.strictObject({
    /** Spaces are left out. */
    number: z
      .string()
      .max(30)
      .transform((text) => text.replaceAll(' ', ''))
      .pipe(z.string().regex(/^\d{12,19}$/)),
    expiryMonth: z.int().min(1).max(12),
    expiryYear: z.int().min(2_000).max(2_099),
    securityCode: z.string().regex(/^\d{3,4}$/),
  }),
  reply: { 201: z.object({ method: paymentMethod, brand: z.string(), last4: z.string() }) },
  problems: [cardUnknown],
  example: {
    body: {
      number: '4242 4242 4242 4242',
      expiryMonth: 12,
      expiryYear: 2_030,
      securityCode: '123',
    },
    reply: { method: 'sandbox_4242424242424242_1230', brand: 'visa', last4: '4242' },
  },
})

export const answerChallenge = operation('POST', '/v1/sandbox/challenges/{challenge}', {
  summary: 'What the page of a bank does: the payer has shown who they are, or has not',
  auth: { public: true },
  params: z.strictObject({ challenge: z.string().min(20).max(100) }),
  body: z.strictObject({ approve: z.boolean() }),
  reply: { 200: z.object({ state: paymentState }) },
  problems: [challengeMissing],
  example: {
    params: { challenge: 'sc_3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6' },
    body: { approve: true },
    reply: { state: 'captured' },
  },
})

export const readSandbox = operation('GET', '/v1/gateways/sandbox', {
  summary: 'Where the webhooks of the sandbox are heard, and what signs them',
  auth: { permission: 'payment:gateway:read' },
  reply: { 200: z.object({ webhookUrl: z.string(), signingSecret: z.string() }) },
  example: {
    reply: {
      webhookUrl:
        'https://shop.example/api/v1/sandbox/webhooks/AZLtQ8AAcACAAAAAAAAAAZ2gV0mZ4QyKfH3Jr8bQ1xE',
      signingSecret: 'whsec_5WbExample9fQ2',
    },
  },
})

/** Signed as Stripe's are; what is true is then asked of the sandbox, whatever it says. */
export const hearSandbox = operation('POST', '/v1/sandbox/webhooks/{endpoint}', {
  summary: 'What the sandbox tells of payments',
  auth: { public: true },
  rate: 'bulk',
  params: z.strictObject({ endpoint: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  headers: z.object({ 'sandbox-signature': z.string().max(2_000).optional() }),
  upload: 'application/json',
  reply: { 200: z.object({ received: z.literal(true) }) },
  problems: [signatureWrong, webhookMissing],
  example: {
    params: { endpoint: 'AZLtQ8AAcACAAAAAAAAAAZ2gV0mZ4QyKfH3Jr8bQ1xE' },
    body: '{"id":"evt_1","type":"charge.settled","data":{"object":{"object":"sandbox_charge"}}}',
    reply: { received: true },
  },
})
