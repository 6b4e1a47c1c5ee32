import {
  orderCancelled,
  orderContract,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderReturnApproved,
  orderReturned,
  orderReturnReceived,
  orderReturnRefunded,
  orderReturnRefused,
  orderReturnRequested,
  orderShipped,
} from '@prognetwork/contracts/order'
import {
  paymentCaptured,
  paymentDisputeClosed,
  paymentDisputed,
  paymentFailed,
  paymentRefunded,
  paymentRefundFailed,
} from '@prognetwork/contracts/payment'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createCarts } from './carts/carts.ts'
import { createQuote } from './carts/quote.ts'
import { createCheckout } from './checkout/checkout.ts'
import { createCreditNotes } from './credit-notes/credit-notes.ts'
import { createDocuments } from './documents/documents.ts'
import { createInvoiceNumbers } from './documents/invoice-numbers.ts'
import { createPress } from './documents/press.ts'
import { createFixture } from './fixture.ts'
import { createFulfilments } from './fulfilments/fulfilments.ts'
import { createLookUpKeys } from './orders/look-up-key.ts'
import { createMoneyBack } from './orders/money-back.ts'
import { createOrderChanges } from './orders/order-changes.ts'
import { createMoves } from './orders/order-moves.ts'
import { createOrders } from './orders/orders.ts'
import { createPaymentOutcomes } from './orders/payment-outcomes.ts'
import { createPromotions } from './promotions/promotions.ts'
import { createReturnMoves } from './returns/return-moves.ts'
import { createReturnRequests } from './returns/return-requests.ts'
import { createReturnSteps } from './returns/return-steps.ts'
import { createShipping } from './shipping/shipping.ts'
import { createTaxes } from './taxes/taxes.ts'

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
    cartDays: z.coerce
      .number()
      .int()
      .positive()
      .max(3_650)
      .default(90)
      .describe('How long a cart is kept that nobody touches'),
    followers: z.coerce
      .number()
      .int()
      .positive()
      .default(5_000)
      .describe('How many pages of one tenant may follow orders in one process'),
  }),
  contract: orderContract,
  publishes: [
    ...[orderCancelled, orderDelivered, orderPaid, orderPlaced, orderRefunded, orderShipped],
    ...[orderReturnApproved, orderReturned, orderReturnReceived, orderReturnRefunded],
    ...[orderReturnRefused, orderReturnRequested],
  ],
  consumes: [
    orderCancelled,
    orderDelivered,
    orderPaid,
    orderRefunded,
    orderReturnApproved,
    orderReturned,
    orderReturnReceived,
    orderReturnRefunded,
    orderReturnRefused,
    orderReturnRequested,
    orderShipped,
    paymentCaptured,
    paymentDisputeClosed,
    paymentDisputed,
    paymentFailed,
    paymentRefundFailed,
    paymentRefunded,
  ],
  needs: ['product-service', 'payment-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'sales_order', role: 'platform', reason: 'unpaid ones are found in every tenant' },
      { table: 'cart', role: 'platform', reason: 'those of nobody are swept' },
      { table: 'checkout', role: 'platform', reason: 'what was left lying is resumed' },
      { table: 'order_return', role: 'platform', reason: 'what is due is found in every tenant' },
      { table: 'money_back', role: 'platform', reason: 'what is due is found in every tenant' },
      { table: 'invoice', role: 'platform', reason: 'what has no number is found in every tenant' },
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
      { table: 'fulfilment', columns: 'none' },
      { table: 'fulfilment_line', columns: 'none' },
      {
        table: 'checkout',
        columns: ['input'],
        rule: { keep: 'who it is for is taken out of it when it ends' },
      },
      { table: 'order_return', columns: ['reason'], rule: ordersAreKept },
      { table: 'order_return_line', columns: 'none' },
      { table: 'order_return_change', columns: 'none' },
      { table: 'money_back', columns: 'none' },
      { table: 'invoice', columns: 'none' },
      { table: 'credit_note', columns: 'none' },
      { table: 'promotion', columns: 'none' },
      { table: 'redemption', columns: 'none' },
      { table: 'cart_coupon', columns: 'none' },
      { table: 'shipping_method', columns: 'none' },
      { table: 'tax_rate', columns: 'none' },
    ],
  },
  start(parts) {
    const moves = createMoves(parts.events)
    const keys = createLookUpKeys(parts.keyRing)
    const carts = createCarts({ ...parts, cartDays: parts.config.cartDays })
    const { paymentMinutes } = parts.config
    const promotions = createPromotions(parts)
    const shipping = createShipping(parts)
    const taxes = createTaxes(parts)
    const checkout = createCheckout({ ...parts, carts, moves, keys, paymentMinutes })
    const moneyBack = createMoneyBack(parts)
    const fulfilments = createFulfilments({ ...parts, moves })
    const returnMoves = createReturnMoves(parts.events)
    const returns = createReturnSteps({ ...parts, moves: returnMoves, orderMoves: moves })
    const orders = createOrders({ ...parts, moves, moneyBack, keys })
    const { describe: describeOrder } = orders
    const requests = createReturnRequests({ ...parts, keys, moves: returnMoves, describeOrder })
    const changes = createOrderChanges({ orders, maxFollowers: parts.config.followers })
    const outcomes = createPaymentOutcomes({
      ...{ ...parts, moves, returnMoves, moneyBack, paymentMinutes },
    })
    const invoiceNumbers = createInvoiceNumbers(parts)
    const press = createPress()
    const documents = createDocuments({ ...parts, keys, invoiceNumbers, press })
    const creditNotes = createCreditNotes({ ...parts, keys, invoiceNumbers, press })
    return {
      handlers: {
        createCart: carts.create,
        readCart: carts.read,
        setCartLine: carts.set,
        removeCartLine: carts.remove,
        takeCart: carts.take,
        addCoupon: carts.addCoupon,
        removeCoupon: carts.removeCoupon,
        quoteCart: createQuote({ ...parts, carts }),
        createPromotion: promotions.create,
        listPromotions: promotions.list,
        endPromotion: promotions.end,
        createShippingMethod: shipping.create,
        listShippingMethods: shipping.list,
        removeShippingMethod: shipping.remove,
        setTaxRates: taxes.set,
        listTaxRates: taxes.list,
        checkOut: checkout.checkOut,
        listOrders: orders.list,
        readOrder: orders.read,
        listMyOrders: orders.listMine,
        readMyOrder: orders.readMine,
        lookUpOrder: orders.lookUp,
        followMyOrder: changes.followMine,
        followOrder: changes.followByKey,
        describeOrder: orders.describe,
        readInvoice: documents.invoice,
        readMyInvoice: documents.myInvoice,
        lookUpInvoice: documents.invoiceOfKey,
        readPackingSlip: documents.packingSlip,
        readCreditNote: creditNotes.read,
        readMyCreditNote: creditNotes.readMine,
        lookUpCreditNote: creditNotes.lookUp,
        createFulfilment: fulfilments.create,
        listFulfilments: fulfilments.list,
        deliverFulfilment: fulfilments.deliver,
        shipOrder: fulfilments.ship,
        deliverOrder: orders.deliver,
        cancelOrder: orders.cancel,
        refundOrder: orders.refund,
        claimGoods: orders.claims,
        requestReturn: requests.request,
        requestMyReturn: requests.requestMine,
        requestReturnByKey: requests.requestByKey,
        listMyReturns: requests.listMine,
        lookUpReturns: requests.lookUp,
        listReturns: requests.list,
        readReturn: requests.read,
        describeReturn: requests.describe,
        approveReturn: returns.approve,
        refuseReturn: returns.refuse,
        receiveReturn: returns.receive,
        refundReturn: returns.refund,
      },
      consumers: [...outcomes.consumers, ...invoiceNumbers.consumers],
      watches: changes.watches,
      jobs: [
        every('5s', 'resume-checkouts', checkout.resume),
        every('10s', 'expire-orders', outcomes.expire),
        every('10s', 'pay-back', moneyBack.payBack),
        every('10s', 'pay-returns', returns.payBack),
        every('1m', 'number-invoices', invoiceNumbers.numberWaiting),
        every('1h', 'sweep-carts', carts.sweep),
      ],
      drain: changes.drain,
      close: press.close,
      fixture: createFixture({
        db: parts.db,
        carts,
        checkout,
        fulfilments,
        requests,
        promotions,
        shipping,
        taxes,
      }),
    }
  },
})
