import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import type { payments } from '../tables.ts'

type Row = typeof payments.$inferSelect

/** What a gateway says that has become of a payment: its truth, which ours converges to. */
export interface Charge extends Pick<Row, 'state' | 'capturedMinor' | 'refundedMinor'> {
  readonly failureCode: Row['failureCode']
  /** Where the payer shows who they are, while that is asked for. */
  readonly actionUrl: string | null
}

/**
 * The end of a conversation with a gateway, inside the transaction that keeps what was said. A
 * gateway elsewhere has answered by then; the sandbox keeps its own books in the same commit.
 * Nothing when the gateway refused, because the payment is not what it was thought to be.
 */
export type Outcome = (tx: Transaction) => Promise<Charge | undefined>

interface Authorization {
  /** The gateway knows the payment under it from the start, so that a repetition is none. */
  readonly reference: string
  readonly card: { readonly brand: string; readonly last4: string } | null
  readonly charge: Charge
  /** What the sandbox keeps of it, in the commit that keeps the payment. */
  readonly books: readonly Statement[]
}

/** One way to take money. Amounts are in the minor unit of the payment's currency. */
export interface PaymentGateway {
  readonly name: string
  /** Throws `payment.method_unknown`. With `takes` the money is not only held. */
  authorize(
    ctx: Context,
    request: {
      readonly paymentId: string
      readonly amountMinor: number
      readonly currency: string
      readonly method: string
      readonly takes: boolean
    },
  ): Promise<Authorization>
  capture(ctx: Context, reference: string, amountMinor: number): Promise<Outcome>
  voidIt(ctx: Context, reference: string): Promise<Outcome>
  refund(ctx: Context, reference: string, amountMinor: number): Promise<Outcome>
  /** How it stands now. */
  retrieve(ctx: Context, reference: string): Promise<Outcome>
}
