import { contract } from '../operation.ts'
import { decideDispute, listDisputes, readDispute } from './disputes.ts'
import { listTransfers, readBalances } from './ledger.ts'
import {
  capturePayment,
  createPayment,
  giveRefund,
  listPayments,
  readOutcome,
  readPayment,
  refundPayment,
  returnPayment,
  voidPayment,
} from './payments.ts'
import {
  answerChallenge,
  createSandboxMethod,
  hearSandbox,
  listTestCards,
  readSandbox,
} from './sandbox.ts'
import { hearStripe, readStripeAccount, removeStripeAccount, setStripeAccount } from './stripe.ts'

export { disputeMissing, disputeState, disputeUnfit } from './disputes.ts'
export * from './events.ts'
export {
  amountExceeded,
  amountUnfit,
  gatewayUnready,
  methodUnknown,
  orderPaid,
  paymentInDispute,
  paymentMissing,
  paymentTaken,
  paymentUnfit,
  refundTaken,
} from './payments.ts'
export { cardUnknown, challengeMissing } from './sandbox.ts'
export { failureCode, maxAmountMinor, paidAmount, payment, paymentState } from './shapes.ts'
export { gatewayUnset, signatureWrong, webhookMissing } from './stripe.ts'

export const paymentContract = contract('payment-service', {
  createPayment,
  capturePayment,
  voidPayment,
  refundPayment,
  giveRefund,
  returnPayment,
  readOutcome,
  readPayment,
  listPayments,
  listDisputes,
  readDispute,
  decideDispute,
  readBalances,
  listTransfers,
  listTestCards,
  createSandboxMethod,
  answerChallenge,
  readStripeAccount,
  setStripeAccount,
  removeStripeAccount,
  hearStripe,
  readSandbox,
  hearSandbox,
})
