import { contract } from '../operation.ts'
import { createCart, readCart, removeCartLine, setCartLine, takeCart } from './carts.ts'
import {
  cancelOrder,
  checkOut,
  claimGoods,
  deliverOrder,
  describeOrder,
  listMyOrders,
  listOrders,
  lookUpOrder,
  readMyOrder,
  readOrder,
  refundOrder,
  shipOrder,
} from './orders.ts'

export { cartClosed, cartFull, cartMissing } from './carts.ts'
export * from './events.ts'
export {
  cartEmpty,
  checkoutUnderWay,
  goodsUnavailable,
  orderMissing,
  orderUnfit,
  paymentFailed,
} from './orders.ts'
export { address } from './shapes.ts'

export const orderContract = contract('order-service', {
  createCart,
  readCart,
  setCartLine,
  removeCartLine,
  takeCart,
  checkOut,
  listOrders,
  readOrder,
  listMyOrders,
  readMyOrder,
  lookUpOrder,
  describeOrder,
  shipOrder,
  deliverOrder,
  cancelOrder,
  refundOrder,
  claimGoods,
})
