import type { CallInput, Output, PageRequest } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'

const { listEvents } = eventStreamingContract.operations
/** Each looks through some thousands of events; more would keep the reader waiting. */
const maxQuestions = 20

type Event = Output<typeof listEvents>['items'][number]

export interface FoundEvents {
  readonly events: readonly Event[]
  /** Where what is new begins. */
  readonly cursor: string
  /** Where what was before goes on; null where nothing was. */
  readonly next: string | null
  /** Whether as much was found as was asked for, or all there is. */
  readonly isWhole: boolean
}

/** The newest events that fit, the newest first: from the end of the log, or from before a place in it. */
export async function findEvents(
  page: PageRequest,
  filter: NonNullable<CallInput<typeof listEvents>['query']>,
  most: number,
): Promise<FoundEvents> {
  const events: Event[] = []
  let newest: string | undefined
  let { after } = filter
  for (let question = 1; ; question++) {
    const { items, next, cursor } = await page.call(listEvents, {
      query: { ...filter, order: 'desc', limit: most - events.length, ...(after && { after }) },
    })
    newest ??= cursor
    events.push(...items)
    const isWhole = next === null || events.length >= most
    if (isWhole || question === maxQuestions) return { events, cursor: newest, next, isWhole }
    after = next
  }
}
