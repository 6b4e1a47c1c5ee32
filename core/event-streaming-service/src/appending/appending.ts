// Events of services that have a database of their own. What is answered for is durable beside the
// logs; the event writer moves it on from there, as from any outbox.
import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  numbersReused,
  sourceForeign,
} from '@prognetwork/contracts/event-streaming'
import {
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { incoming } from '../event-writer/event-writer.store.ts'

type AppendEvents = typeof eventStreamingContract.operations.appendEvents

const append = statement<
  { last: number | null },
  [source: string, incarnation: string, first: number, events: string]
>('incoming.append', 'select append_events($1, $2, $3, $4) as last')

const forgetAppended = statement<{ forgotten: number }, [before: string, most: number]>(
  'appended_event.forget',
  `with gone as (delete from appended_event where (tenant_id, source, id) in (
       select tenant_id, source, id from appended_event where appended_at < $1 limit $2)
     returning 1)
   select count(*)::int as forgotten from gone`,
)

const rememberedMs = 24 * 3_600_000
const forgottenAtOnce = 5_000

export function createAppending(parts: {
  readonly platform: PlatformDoor
  /** Told after each commit where events wait. */
  readonly onCommit: (place: string) => void
}) {
  const { platform, onCommit } = parts
  return {
    async append(ctx: Context, { body }: Input<AppendEvents>): Promise<Output<AppendEvents>> {
      const { source, incarnation, first, events } = body
      if (source !== ctx.caller) throw new Problem(sourceForeign, `You are ${ctx.caller}`)
      const last = await platform.transaction(ctx, 'take events of a service', async (tx) => {
        const [row] = await tx.run(append(source, incarnation, first, JSON.stringify(events)))
        return row?.last ?? null
      })
      if (last === null)
        throw new Problem(numbersReused, `Begin a new incarnation of the database of ${source}`)
      onCommit(incoming)
      return { last }
    },

    /** Ids are remembered for a day. */
    async forget({ ctx }: JobContext): Promise<void> {
      for (let forgotten = forgottenAtOnce; forgotten === forgottenAtOnce; )
        forgotten = await platform.transaction(ctx, 'forget ids of a day ago', async (tx) => {
          const [row] = await tx.run(forgetAppended(later(ctx.now, -rememberedMs), forgottenAtOnce))
          return row?.forgotten ?? 0
        })
    },
  }
}
