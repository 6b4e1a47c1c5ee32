import type { Transaction } from '@prognetwork/contracts'
import type { FailureKind } from './consumer-database.ts'
import type { LoggedEvent, OpenEvent } from './logged-event.ts'
import type { Consumer, EventContext, Lot, Received } from './subscriptions.ts'

/** The context an event is handled under, and the end of its span. */
export interface BegunEvent {
  readonly ctx: EventContext
  end(outcome: 'ok' | FailureKind): void
}

/** Makes the context of one event: scope of its tenant, its trace, its causes. */
export type BeginEvent = (event: LoggedEvent) => BegunEvent

/** One event with everything that could be done before the transaction. */
export interface EventWork {
  readonly logged: LoggedEvent
  readonly begun: BegunEvent
  /** The service's handlers of this type, in the order in which they are listed. */
  readonly consumers: readonly Consumer[]
  /** What handlers are given; throws when the event could not be read. */
  received(): Received
}

export type PrepareEvent = (logged: LoggedEvent) => Promise<EventWork>

export function createPreparation(options: {
  readonly consumers: readonly Consumer[]
  readonly open: OpenEvent
  readonly begin: BeginEvent
  readonly classify: (error: unknown) => FailureKind
}): PrepareEvent {
  const consumersOf = Map.groupBy(options.consumers, (one) => one.event.type)
  return async (logged) => {
    const begun = options.begin(logged)
    let opened: Received | undefined
    let unreadable: unknown
    try {
      opened = { ctx: begun.ctx, event: await options.open(begun.ctx, logged) }
    } catch (error) {
      if (options.classify(error) === 'unavailable') throw error
      unreadable = error
    }
    return {
      logged,
      begun,
      consumers: consumersOf.get(logged.type) ?? [],
      received() {
        if (!opened) throw unreadable
        return opened
      },
    }
  }
}

/** Has the handlers handle some events of one tenant that have the same handlers. */
export async function handle(
  [first, ...others]: readonly [EventWork, ...EventWork[]],
  tx: Transaction,
): Promise<void> {
  const lot: Lot = [first.received(), ...others.map((one) => one.received())]
  for (const { handler } of first.consumers) await handler(lot, tx)
}

/** What handlers do in time; one that waits for ever would keep its transaction, and others out. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`the handler did not end within ${ms / 1_000} s`)),
    ms,
  )
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether the events can be handled as one lot: the same handlers want lots of the same tenant. */
export function isOneLot(one: EventWork, next: EventWork): boolean {
  return (
    one.logged.tenantId === next.logged.tenantId &&
    one.consumers.length === next.consumers.length &&
    one.consumers.every(
      ({ takesLots, handler }, at) => takesLots && handler === next.consumers[at]?.handler,
    )
  )
}
