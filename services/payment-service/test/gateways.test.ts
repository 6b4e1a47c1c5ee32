import { paymentContract } from '@prognetwork/contracts/payment'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe } from 'vitest'
import { cards } from './cards.ts'
import { describeGateway } from './gateway-conformance.ts'
import { openStripeShop, type StripeShop } from './stripe-shop.ts'

describe('among test cards', () => {
  const orders = callingAs('order-service')
  let platform: TestPlatform
  let shop: TestShop
  beforeAll(async () => {
    platform = await startTestPlatform({ definitions: orders.definitions })
    shop = await platform.shop()
  })
  afterAll(() => platform?.stop())

  describeGateway('sandbox', () => ({
    ...{ name: 'sandbox', platform, shop, orders },
    methods: {
      ...{ good: cards.good, declined: cards.declined, poor: cards.poor, old: cards.old },
      ...{ asks: cards.asks, later: cards.slow, refusedLater: cards.slowRefusal },
      unknown: ['sandbox_4111111111111111_1290', 'pm_card_visa', 'x'],
    },
    answer(actionUrl, approve) {
      const challenge = new URL(actionUrl).pathname.split('/').at(-1) ?? ''
      const { answerChallenge } = paymentContract.operations
      return shop.shopper.call(answerChallenge, { params: { challenge }, body: { approve } })
    },
    settle: () => platform.clock.advance(10_000),
  }))
})

describe('with an account', () => {
  let stripe: StripeShop
  beforeAll(async () => {
    stripe = await openStripeShop()
  })
  afterAll(() => stripe?.stop())

  describeGateway('stripe', () => ({
    ...{ name: 'stripe', platform: stripe.platform, shop: stripe.shop, orders: stripe.orders },
    methods: {
      ...{ good: 'pm_card_visa', declined: 'pm_card_visa_chargeDeclined' },
      poor: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      old: 'pm_card_visa_chargeDeclinedExpiredCard',
      ...{ asks: 'pm_card_threeDSecureRequired', later: 'pm_later' },
      ...{ refusedLater: 'pm_refusal_later' },
      unknown: ['pm_of_nobody', cards.good, 'x'],
    },
    async answer(actionUrl, approve) {
      stripe.server.books.answer(actionUrl.split('/').at(-1) ?? '', approve)
    },
    settle() {
      for (const { id, status } of stripe.server.books.all())
        if (status === 'processing') stripe.server.books.settle(id)
    },
  }))
})
