import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import type { DisputeRow } from '../disputes/disputes.store.ts'
import type { Refund } from '../refunds/refunds.store.ts'
import type { payments } from '../tables.ts'

type Row = typeof payments.$inferSelect

/** Who gave money back and why; without it the gateway did. */
export type RefundNote = Pick<Refund, 'id' | 'reason' | 'madeBy'>

export type NotedRefund = RefundNote & Pick<Refund, 'amountMinor' | 'reference'>

/** What a gateway is asked for; an attempt that was refused will never be anything else. */
export type AskedRefund = RefundNote & Pick<Refund, 'amountMinor' | 'attempt'>

/** A refund as a gateway elsewhere lists it, with the note that went along with it from here. */
export interface ListedRefund {
  readonly reference: string
  readonly amountMinor: number
  readonly note: RefundNote | null
  /** Which one of what was asked for under the id of its note. */
  readonly attempt: number
  /** Why it came to nothing; null while it did not. */
  readonly failure: string | null
}

/** A dispute of a payment, in the payment's currency but for the fee. */
export type GatewayDispute = Omit<DisputeRow, 'id' | 'paymentId' | 'closedAt' | 'updatedAt'>

/** What a gateway says that has become of a payment: its truth, which ours converges to. */
export interface Charge extends Pick<Row, 'state' | 'capturedMinor' | 'refundedMinor'> {
  readonly failureCode: Row['failureCode']
  /** Where the payer shows who they are, while that is asked for. */
  readonly actionUrl: string | null
  /** All refunds, newest first, of a gateway that may tell of one before whoever asked for it does. */
  readonly refunds?: readonly ListedRefund[]
  /** All that there are; left out where nothing is said of them. */
  readonly disputes?: readonly GatewayDispute[]
}

/** What a gateway elsewhere has said by now. It is out of date once anything newer is kept. */
export interface Said {
  readonly charge: Charge
  /** It did not do what it was asked, because the payment is not what it was thought to be. */
  readonly isRefusal: boolean
}

/**
 * The end of a conversation with a gateway: what it said, or what is to be done inside the
 * transaction that keeps it, for the sandbox, which keeps its own books in the same commit; nothing
 * comes of that where it refuses.
 */
export type Outcome = Said | ((tx: Transaction) => Promise<Charge | undefined>)

export type Card = { readonly brand: string; readonly last4: string }

export interface Authorization {
  /** The gateway knows the payment under it from the start, so that a repetition is none. */
  readonly reference: string
  readonly card: Card | null
  readonly charge: Charge
  /** What the sandbox keeps of it, in the commit that keeps the payment. */
  readonly books: readonly Statement[]
}

/** A payment as its gateway knows it. */
export type Subject = Pick<Row, 'id' | 'reference' | 'currency' | 'version'>

/** One way to take money. Amounts are in the minor unit of the payment's currency. */
export interface PaymentGateway {
  readonly name: string
  /**
   * Whether it is somebody else's, who remembers and acts by themselves: they are asked no more
   * often than needed, and tell what happens.
   */
  readonly isElsewhere: boolean
  /**
   * Throws `payment.method_unknown`, `payment.amount_unfit`, `payment.gateway_unready`. With `takes`
   * the money is not only held.
   */
  authorize(
    ctx: Context,
    request: {
      readonly paymentId: string
      readonly orderId: string
      readonly amountMinor: number
      readonly currency: string
      readonly method: string
      readonly takes: boolean
    },
  ): Promise<Authorization>
  capture(ctx: Context, subject: Subject, amountMinor: number): Promise<Outcome>
  voidIt(ctx: Context, subject: Subject): Promise<Outcome>
  refund(ctx: Context, subject: Subject, asked: AskedRefund): Promise<Outcome>
  /** How it stands now. */
  retrieve(ctx: Context, subject: Subject): Promise<Outcome>
}
