import type { CallInput, Output, PageRequest } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'

const { listEvents } = eventStreamingContract.operations
const perQuestion = 1_000
/** Each looks through some thousands of events; more would keep the reader waiting. */
const maxQuestions = 40

type Event = Output<typeof listEvents>['items'][number]

/**
 * The newest events that fit, the newest first. The log is read from its beginning, a part at a time;
 * `isWhole` says whether its end was reached.
 */
export async function findEvents(
  page: PageRequest,
  filter: NonNullable<CallInput<typeof listEvents>['query']>,
  most: number,
): Promise<{ events: readonly Event[]; cursor: string; isWhole: boolean }> {
  let newest: Event[] = []
  let after: string | undefined
  for (let question = 1; ; question++) {
    const { items, next, cursor } = await page.call(listEvents, {
      query: { ...filter, limit: perQuestion, ...(after !== undefined && { after }) },
    })
    newest = [...newest, ...items].slice(-most)
    if (next === null || question === maxQuestions)
      return { events: newest.toReversed(), cursor, isWhole: next === null }
    after = next
  }
}
