import type { Transaction } from '@prognetwork/contracts'
import type { FailureKind } from './consumer-database.ts'
import type { LoggedEvent, OpenEvent } from './logged-event.ts'
import type { Consumer, EventContext, ReceivedEvent } from './subscriptions.ts'

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
  /** Runs the service's handlers of this type, in the order in which they are listed. */
  handle(tx: Transaction): Promise<void>
}

export type PrepareEvent = (logged: LoggedEvent) => Promise<EventWork>

export function createPreparation(options: {
  readonly consumers: readonly Consumer[]
  readonly open: OpenEvent
  readonly begin: BeginEvent
  readonly classify: (error: unknown) => FailureKind
}): PrepareEvent {
  const handlersOf = Map.groupBy(options.consumers, (one) => one.event.type)
  return async (logged) => {
    const begun = options.begin(logged)
    const handlers = handlersOf.get(logged.type) ?? []
    let opened: ReceivedEvent | undefined
    let unreadable: unknown
    try {
      opened = await options.open(begun.ctx, logged)
    } catch (error) {
      if (options.classify(error) === 'unavailable') throw error
      unreadable = error
    }
    return {
      logged,
      begun,
      async handle(tx) {
        if (!opened) throw unreadable
        for (const { handler } of handlers) await handler(begun.ctx, opened, tx)
      },
    }
  }
}
