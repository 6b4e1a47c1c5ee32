import {
  paymentAuthorized,
  paymentCaptured,
  paymentContract,
  paymentFailed,
  paymentRefunded,
  paymentVoided,
} from '@prognetwork/contracts/payment'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createFixture } from './fixture.ts'
import type { PaymentGateway } from './gateways/gateway.ts'
import { createSandbox } from './gateways/sandbox.ts'
import { createSandboxPages } from './gateways/sandbox-pages.ts'
import { createLedger } from './ledger/ledger.ts'
import { createPayments } from './payments/payments.ts'

export default defineService({
  name: 'payment-service',
  port: 3005,
  summary: 'Payments by way of gateways, refunds, and the ledger of all money that moved',
  config: z.object({
    sandbox: z
      .enum(['on', 'off'])
      .default('on')
      .describe('Whether test cards pay; off where goods are delivered'),
  }),
  contract: paymentContract,
  publishes: [paymentAuthorized, paymentCaptured, paymentFailed, paymentRefunded, paymentVoided],
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
    ],
    personalData: [
      // Four digits of a card say nothing about who holds it.
      { table: 'payment', columns: 'none' },
      { table: 'refund', columns: 'none' },
      { table: 'ledger_transfer', columns: 'none' },
      { table: 'sandbox_charge', columns: 'none' },
    ],
  },
  start(parts) {
    const isOn = parts.config.sandbox === 'on'
    const sandbox = createSandbox({ ...parts, isOn })
    const gateways = new Map<string, PaymentGateway>([[sandbox.name, sandbox]])
    const payments = createPayments({ ...parts, gateways })
    const ledger = createLedger(parts)
    const pages = createSandboxPages({ ...parts, sandbox, payments, isOn })
    return {
      handlers: {
        createPayment: payments.create,
        capturePayment: payments.capture,
        voidPayment: payments.voidIt,
        refundPayment: payments.refund,
        returnPayment: payments.giveBack,
        readOutcome: payments.readOutcome,
        readPayment: payments.read,
        listPayments: payments.list,
        readBalances: ledger.balances,
        listTransfers: ledger.transfers,
        listTestCards: pages.listCards,
        createSandboxMethod: pages.createMethod,
        answerChallenge: pages.answer,
      },
      jobs: [every('5s', 'reconcile-payments', payments.reconcile)],
      fixture: createFixture({ payments, ledger }),
    }
  },
})
