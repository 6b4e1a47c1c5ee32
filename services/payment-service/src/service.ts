import {
  paymentAuthorized,
  paymentCaptured,
  paymentContract,
  paymentDisputeClosed,
  paymentDisputed,
  paymentFailed,
  paymentRefunded,
  paymentRefundFailed,
  paymentVoided,
} from '@prognetwork/contracts/payment'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createDisputes } from './disputes/disputes.ts'
import { createFixture } from './fixture.ts'
import type { PaymentGateway } from './gateways/gateway.ts'
import { createSandbox } from './gateways/sandbox.ts'
import { createSandboxDoor, createSandboxTeller } from './gateways/sandbox-door.ts'
import { createSandboxPages } from './gateways/sandbox-pages.ts'
import { createLedger } from './ledger/ledger.ts'
import { createPayments } from './payments/payments.ts'
import { createStripeAccounts } from './stripe/accounts.ts'
import { createStripeAccess } from './stripe/client.ts'
import { createStripe } from './stripe/stripe.ts'
import { createStripeDoor, createStripeTeller } from './stripe/stripe-teller.ts'
import { createTold } from './told/told.ts'

export default defineService({
  name: 'payment-service',
  port: 3005,
  summary: 'Payments by way of gateways, refunds, and the ledger of all money that moved',
  config: z.object({
    sandbox: z
      .enum(['on', 'off'])
      .default('on')
      .describe('Whether test cards pay; off where goods are delivered'),
    stripeUrl: z
      .url()
      .default('https://api.stripe.com')
      .describe("Where Stripe's API is; another one only for tests"),
    stripeSeconds: z.coerce
      .number()
      .int()
      .min(1)
      .max(80)
      .default(6)
      .describe('How long Stripe is given to answer a request, which is sent once more then'),
  }),
  contract: paymentContract,
  publishes: [
    ...[paymentAuthorized, paymentCaptured, paymentDisputeClosed, paymentDisputed],
    ...[paymentFailed, paymentRefundFailed, paymentRefunded, paymentVoided],
  ],
  consumes: [],
  needs: ['tenant-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      {
        table: 'payment',
        role: 'platform',
        reason: 'payments under way are found in every tenant',
      },
      {
        table: 'stripe_account',
        role: 'platform',
        reason: 'accounts are looked at whose webhooks may have got lost',
      },
      {
        table: 'gateway_event',
        role: 'platform',
        reason: 'what is to be handled is found in every tenant, and what is old forgotten',
      },
      {
        table: 'sandbox_event',
        role: 'platform',
        reason: 'what the sandbox has to tell is found in every tenant',
      },
    ],
    personalData: [
      // Four digits of a card say nothing about who holds it.
      { table: 'payment', columns: 'none' },
      { table: 'refund', columns: 'none' },
      { table: 'dispute', columns: 'none' },
      { table: 'ledger_transfer', columns: 'none' },
      { table: 'sandbox_charge', columns: 'none' },
      { table: 'stripe_account', columns: 'none' },
      { table: 'gateway_event', columns: 'none' },
      { table: 'sandbox_event', columns: 'none' },
    ],
  },
  start(parts) {
    const isOn = parts.config.sandbox === 'on'
    const sandbox = createSandbox({ ...parts, isOn })
    const accounts = createStripeAccounts(parts)
    const { stripeUrl: url, stripeSeconds } = parts.config
    const access = createStripeAccess({ accounts, url, timeoutMs: stripeSeconds * 1_000 })
    const stripe = createStripe({ ...parts, access })
    const gateways = new Map<string, PaymentGateway>([
      [sandbox.name, sandbox],
      [stripe.name, stripe],
    ])
    const payments = createPayments({ ...parts, gateways })
    const stripeTeller = createStripeTeller({ gateway: stripe, payments })
    const sandboxTeller = createSandboxTeller(sandbox.name)
    const told = createTold({ ...parts, payments, tellers: [stripeTeller, sandboxTeller] })
    const stripeDoor = createStripeDoor({ ...parts, access, accounts, teller: stripeTeller, told })
    const sandboxDoor = createSandboxDoor({ ...parts, teller: sandboxTeller, told })
    const ledger = createLedger(parts)
    const disputes = createDisputes({ ...parts, payments, sandbox })
    const pages = createSandboxPages({ ...parts, sandbox, payments, isOn })
    return {
      handlers: {
        createPayment: payments.create,
        capturePayment: payments.capture,
        voidPayment: payments.voidIt,
        refundPayment: payments.refund,
        giveRefund: payments.giveOnce,
        returnPayment: payments.giveBack,
        readOutcome: payments.readOutcome,
        readPayment: payments.read,
        listPayments: payments.list,
        listDisputes: disputes.list,
        readDispute: disputes.read,
        decideDispute: disputes.decide,
        readBalances: ledger.balances,
        listTransfers: ledger.transfers,
        listTestCards: pages.listCards,
        createSandboxMethod: pages.createMethod,
        answerChallenge: pages.answer,
        ...accounts.handlers,
        hearStripe: stripeDoor.hear,
        readSandbox: sandboxDoor.read,
        hearSandbox: sandboxDoor.hear,
      },
      jobs: [
        every('5s', 'post-sandbox', sandboxDoor.post),
        every('30s', 'follow-stripe', stripeDoor.follow),
        every('30s', 'follow-gateways', told.follow),
        every('1m', 'reconcile-payments', payments.reconcile),
        every('6h', 'forget-gateway-events', told.forget),
      ],
      fixture: createFixture({ ...parts, payments, accounts, ledger }),
      close: told.close,
    }
  },
})
