import type { Payment } from './payments.store.ts'

/** What a payer may be told. */
export const failureMessages: Readonly<Record<NonNullable<Payment['failureCode']>, string>> = {
  card_declined: 'The card was declined; ask its bank, or use another one',
  insufficient_funds: 'There is not enough money on the card',
  expired_card: 'The card has expired',
  authentication_failed: 'It was not shown who pays',
  processing_error: 'The payment could not be processed; try again',
}
