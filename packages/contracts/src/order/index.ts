import { contract } from '../operation.ts'
import {
  addCoupon,
  createCart,
  quoteCart,
  readCart,
  removeCartLine,
  removeCoupon,
  setCartLine,
  takeCart,
} from './carts.ts'
import {
  lookUpCreditNote,
  lookUpInvoice,
  readCreditNote,
  readInvoice,
  readMyCreditNote,
  readMyInvoice,
  readPackingSlip,
} from './documents.ts'
import { createFulfilment, deliverFulfilment, listFulfilments } from './fulfilments.ts'
import {
  cancelOrder,
  checkOut,
  claimGoods,
  deliverOrder,
  describeOrder,
  followMyOrder,
  followOrder,
  listMyOrders,
  listOrders,
  lookUpOrder,
  readMyOrder,
  readOrder,
  refundOrder,
  shipOrder,
} from './orders.ts'
import { createPromotion, endPromotion, listPromotions } from './promotions.ts'
import { createShippingMethod, listShippingMethods, removeShippingMethod } from './shipping.ts'
import { listTaxRates, setTaxRates } from './taxes.ts'

export {
  cartClosed,
  cartEmpty,
  cartFull,
  cartMissing,
  checkoutUnderWay,
  goodsUnavailable,
} from './carts.ts'

import {
  approveReturn,
  describeReturn,
  listMyReturns,
  listReturns,
  lookUpReturns,
  readReturn,
  receiveReturn,
  refundReturn,
  refuseReturn,
  requestMyReturn,
  requestReturn,
  requestReturnByKey,
} from './returns.ts'

export { creditNoteMissing } from './documents.ts'
export * from './events.ts'
export { fulfilmentMissing, fulfilmentTaken, goodsNotLeft } from './fulfilments.ts'
export {
  orderMissing,
  orderUnfit,
  paymentFailed,
  tooManyFollowers,
  totalChanged,
} from './orders.ts'
export { codeTaken, couponUnavailable, promotionMissing } from './promotions.ts'
export {
  deductionExceeded,
  goodsNotReturnable,
  receiptUnfit,
  returnMissing,
  returnTaken,
  returnTooLate,
  returnUnfit,
} from './returns.ts'
export { address } from './shapes.ts'
export { shippingMethodMissing, shippingUnfit } from './shipping.ts'

export const orderContract = contract('order-service', {
  createCart,
  readCart,
  setCartLine,
  removeCartLine,
  takeCart,
  addCoupon,
  removeCoupon,
  quoteCart,
  createPromotion,
  listPromotions,
  endPromotion,
  createShippingMethod,
  listShippingMethods,
  removeShippingMethod,
  setTaxRates,
  listTaxRates,
  checkOut,
  listOrders,
  readOrder,
  listMyOrders,
  readMyOrder,
  followMyOrder,
  followOrder,
  lookUpOrder,
  describeOrder,
  readInvoice,
  readMyInvoice,
  lookUpInvoice,
  readPackingSlip,
  readCreditNote,
  readMyCreditNote,
  lookUpCreditNote,
  createFulfilment,
  listFulfilments,
  deliverFulfilment,
  shipOrder,
  deliverOrder,
  cancelOrder,
  refundOrder,
  claimGoods,
  requestReturn,
  requestMyReturn,
  requestReturnByKey,
  listMyReturns,
  lookUpReturns,
  listReturns,
  readReturn,
  describeReturn,
  approveReturn,
  refuseReturn,
  receiveReturn,
  refundReturn,
})
