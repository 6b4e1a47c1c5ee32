import { paymentContract } from '@prognetwork/contracts/payment'
import { startTestPlatform } from '@prognetwork/testing'
import { expect, test } from 'vitest'
import { createShopping } from './shopping.ts'

const { createSandboxMethod, listTestCards } = paymentContract.operations

test('where goods are delivered nobody pays with a test card', async () => {
  const real = await startTestPlatform({ configuration: { 'payment-service': { sandbox: 'off' } } })
  try {
    const there = await real.shop()
    const shopping = createShopping(real, there)
    const { problem } = await shopping.buy([[await shopping.variant(), 1]])
    expect(problem.code).toBe('order.payment_failed')
    expect((await there.shopper.call(listTestCards, {})).body.items).toEqual([])
    const form = { expiryMonth: 12, expiryYear: 2_090, securityCode: '123' }
    const body = { number: '4242424242424242', ...form }
    const made = await there.shopper.call(createSandboxMethod, { body })
    expect(made.problem.code).toBe('payment.card_unknown')
  } finally {
    await real.stop()
  }
})
