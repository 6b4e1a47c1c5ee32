import type { Context, EventContract, EventData, Transaction } from '@prognetwork/contracts'

/** One event as it reaches a handler: parsed, and in the newest version of its schema. */
export interface ReceivedEvent<E extends EventContract = EventContract> {
  readonly id: string
  /** The service that owns it. */
  readonly source: string
  readonly type: E['type']
  /** Business time of what happened, RFC 3339. */
  readonly time: string
  /** The aggregate's id; events of one key arrive in order. */
  readonly key: string
  readonly aggregateVersion?: number
  readonly data: EventData<E>
  readonly log: string
  readonly incarnation: string
  readonly position: number
}

/** What a handler works under: the scope is the event's tenant. */
export interface EventContext extends Context {
  /**
   * True for history. Handlers need not ask: rows that would leave the service, events among them,
   * are not written then.
   */
  readonly replaying: boolean
}

/** Whether this is work on history. */
export function isReplaying(ctx: Context): boolean {
  return 'replaying' in ctx && ctx.replaying === true
}

/** `tx` is a consumer's only door; its statements commit with the position, once. */
export type ConsumerHandler<E extends EventContract> = (
  ctx: EventContext,
  event: ReceivedEvent<E>,
  tx: Transaction,
) => Promise<unknown> | unknown

/** An event with the context that it is handled under. */
export interface Received<E extends EventContract = EventContract> {
  readonly ctx: EventContext
  readonly event: ReceivedEvent<E>
}

/** Some events of one tenant, in their order. */
export type Lot<E extends EventContract = EventContract> = readonly [Received<E>, ...Received<E>[]]

export interface Consumer {
  readonly event: EventContract
  /** False when it is given one event at a time. */
  readonly takesLots: boolean
  readonly handler: (lot: Lot, tx: Transaction) => Promise<unknown> | unknown
}

/**
 * Every event of one type, exactly once, by one process of the service. Whoever must call another
 * service or touch the outside writes a row, and a job does it. Events of one tenant are handled one
 * after the other, those of several at the same time, in one transaction: what is of no tenant is
 * changed in one statement, since no lock keeps two handlers apart there.
 */
export function on<E extends EventContract>(event: E, handler: ConsumerHandler<E>): Consumer {
  return {
    event,
    takesLots: false,
    async handler(lot, tx) {
      for (const one of lot as unknown as Lot<E>) await handler(one.ctx, one.event, tx)
    },
  }
}

/**
 * The same for work that costs little more for many events than for one: `handler` is given those
 * of one tenant that follow each other, in their order; those of several types, where it is the
 * handler of them all. When it fails they come again one by one.
 */
export function onLot<E extends EventContract>(
  event: E,
  handler: (lot: Lot<E>, tx: Transaction) => Promise<unknown> | unknown,
): Consumer {
  return { event, takesLots: true, handler: handler as unknown as Consumer['handler'] }
}

export type WatchHandler<E extends EventContract> = (
  ctx: EventContext,
  event: ReceivedEvent<E>,
) => Promise<unknown> | unknown

export interface Watch {
  readonly event: EventContract
  readonly handler: WatchHandler<EventContract>
  readonly snapshot: (ctx: Context) => Promise<unknown> | unknown
}

/**
 * Every event of one type from now on, in every process, without a stored position: for caches,
 * deny lists and keys. `snapshot` loads the state of the moment, at the start and again whenever
 * events may have been missed; an event that it already holds can follow it. Watches that share a
 * snapshot share the function: it runs once.
 */
export function watch<E extends EventContract>(
  event: E,
  handler: WatchHandler<E>,
  options: { readonly snapshot: Watch['snapshot'] },
): Watch {
  return { event, handler: handler as unknown as WatchHandler<EventContract>, ...options }
}
