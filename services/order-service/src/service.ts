import {
  orderCancelled,
  orderContract,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderShipped,
} from '@prognetwork/contracts/order'
import { paymentCaptured, paymentFailed } from '@prognetwork/contracts/payment'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createCarts } from './carts/carts.ts'
import { createCheckout } from './checkout/checkout.ts'
import { createFixture } from './fixture.ts'
import { createLookUpKeys } from './orders/look-up-key.ts'
import { createMoneyBack } from './orders/money-back.ts'
import { createMoves } from './orders/order-moves.ts'
import { createOrders } from './orders/orders.ts'
import { createPaymentOutcomes } from './orders/payment-outcomes.ts'

const ordersAreKept = { keep: 'orders are accounts of the shop, and are kept as the law has it' }

export default defineService({
  name: 'order-service',
  port: 3008,
  summary: 'Carts, checkout, orders and what becomes of them',
  config: z.object({
    paymentMinutes: z.coerce
      .number()
      .int()
      .positive()
      .max(10_000)
      .default(10)
      .describe('How long an order waits for its payment'),
  }),
  contract: orderContract,
  publishes: [orderCancelled, orderDelivered, orderPaid, orderPlaced, orderRefunded, orderShipped],
  consumes: [paymentCaptured, paymentFailed],
  needs: ['product-service', 'payment-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'sales_order', role: 'platform', reason: 'unpaid ones are found in every tenant' },
      { table: 'checkout', role: 'platform', reason: 'what was left lying is resumed' },
      { table: 'money_back', role: 'platform', reason: 'what is due is found in every tenant' },
    ],
    personalData: [
      { table: 'cart', columns: 'none' },
      { table: 'cart_line', columns: 'none' },
      {
        table: 'sales_order',
        columns: ['email', 'shipping_address'],
        subject: 'account_id',
        rule: ordersAreKept,
      },
      { table: 'order_line', columns: 'none' },
      { table: 'order_change', columns: 'none' },
      {
        table: 'checkout',
        columns: ['input'],
        rule: { keep: 'who it is for is taken out of it when it ends' },
      },
      { table: 'money_back', columns: 'none' },
    ],
  },
  start(parts) {
    const moves = createMoves(parts.events)
    const keys = createLookUpKeys(parts.keyRing)
    const carts = createCarts(parts)
    const checkout = createCheckout({ ...parts, carts, moves, keys })
    const moneyBack = createMoneyBack(parts)
    const orders = createOrders({ ...parts, moves, moneyBack, keys })
    const outcomes = createPaymentOutcomes({
      ...{ ...parts, moves, moneyBack },
      paymentMinutes: parts.config.paymentMinutes,
    })
    return {
      handlers: {
        createCart: carts.create,
        readCart: carts.read,
        setCartLine: carts.set,
        removeCartLine: carts.remove,
        takeCart: carts.take,
        checkOut: checkout.checkOut,
        listOrders: orders.list,
        readOrder: orders.read,
        listMyOrders: orders.listMine,
        readMyOrder: orders.readMine,
        lookUpOrder: orders.lookUp,
        describeOrder: orders.describe,
        shipOrder: orders.ship,
        deliverOrder: orders.deliver,
        cancelOrder: orders.cancel,
        refundOrder: orders.refund,
        claimGoods: orders.claims,
      },
      consumers: outcomes.consumers,
      jobs: [
        every('5s', 'resume-checkouts', checkout.resume),
        every('10s', 'expire-orders', outcomes.expire),
        every('10s', 'pay-back', moneyBack.payBack),
      ],
      fixture: createFixture({ carts, checkout }),
    }
  },
})
