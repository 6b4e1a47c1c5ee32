// Works on the replay of one group, where no other process does. What it does is what live consumption
// does, batch by batch, with the replay's row as its place.
import { v7 } from 'uuid'
import type { Background } from '../background.ts'
import { type BatchOptions, consumeBatch } from '../batch.ts'
import { coalesced } from '../coalesced.ts'
import type { LogSource } from '../log-source.ts'
import type { LoggedEvent } from '../logged-event.ts'
import { endReplay, type Replay, releaseReplay, replayPlace, takeReplay } from './replays.ts'

const eventsPerRead = 1_000

export interface ReplayRunnerOptions {
  readonly batch: BatchOptions
  readonly source: LogSource
  /** Runs what is under way again when it fails. */
  readonly background: Background
  /** Not moved on for so long, a replay goes to the next who looks. */
  readonly leaseMs: number
  readonly session: () => number | undefined
  /** Live consumption goes on. */
  readonly onEnd: () => void
}

/** What cannot be read now and never will, by the state or the problem in which the log says so. */
const lastingFailures: Readonly<Record<string, string>> = {
  PNLOG: 'The log began anew since the replay was asked for',
  'event_streaming.incarnation_ended': 'The log began anew since the replay was asked for',
  PNOLD: 'The log does not keep what is left of the window any more',
  'event_streaming.events_dropped': 'The log does not keep what is left of the window any more',
  '42501': 'The service does not consume a type of the replay any more',
  'event_streaming.type_not_consumed': 'The service does not consume a type of the replay any more',
}

/** The sentence of a failure that waiting does not help against; undefined for any other. */
function lastingFailure(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined
  return lastingFailures[String(error.code)]
}

export class ReplayRunner {
  private readonly options: ReplayRunnerOptions
  private readonly holder = v7()
  private readonly work = coalesced(() => this.takeUp())
  private stopping = false

  constructor(options: ReplayRunnerOptions) {
    this.options = options
  }

  /** Looks for a replay that can be worked on. */
  look(): void {
    this.options.background.run(this.work)
  }

  /** Finishes the batch in hand and leaves the rest to others. */
  async stop(): Promise<void> {
    this.stopping = true
    await this.work.idle()
  }

  private async takeUp(): Promise<void> {
    const { batch, leaseMs, session } = this.options
    const { database, group } = batch
    while (!this.stopping) {
      const [[replay]] = await database.write([takeReplay(group, this.holder, leaseMs, session())])
      if (!replay) return
      batch.log.info({ replay: replay.id, position: replay.position }, 'A replay is worked on')
      await this.workThrough(replay)
    }
  }

  private async workThrough(replay: Replay): Promise<void> {
    const { database } = this.options.batch
    let { position } = replay
    while (position < replay.finish) {
      if (this.stopping) {
        await database.write([releaseReplay(replay, this.holder)])
        return
      }
      const page = await this.read(replay, position)
      if (typeof page === 'string') return this.end(replay, 'failed', page)
      const reached = await this.consume(replay, { from: position, to: page.upTo }, page.events)
      // It was paused or cancelled, or somebody else has it.
      if (reached === 'lost') return
      position = reached
    }
    await this.end(replay, 'done', null)
  }

  /** Answers a sentence when the rest of the window cannot be read any more. */
  private async read(replay: Replay, after: number) {
    try {
      return await this.options.source.window(replay, after, eventsPerRead)
    } catch (error) {
      const sentence = lastingFailure(error)
      if (sentence === undefined) throw error
      this.options.batch.log.error({ error, replay: replay.id }, 'A replay cannot go on')
      return sentence
    }
  }

  private async consume(
    replay: Replay,
    { from, to }: { from: number; to: number },
    events: readonly LoggedEvent[],
  ): Promise<number | 'lost'> {
    const { batch, leaseMs } = this.options
    const place = replayPlace(replay, this.holder, leaseMs)
    const { incarnation } = replay
    let reached = from
    while (reached < to && !this.stopping) {
      const left = events.filter((event) => event.position > reached)
      const outcome = await consumeBatch(
        { place, incarnation, from: reached, to, events: left },
        batch,
      )
      if (outcome === 'lost') return 'lost'
      reached = outcome
    }
    return reached
  }

  private async end(
    replay: Replay,
    state: 'done' | 'failed',
    failure: string | null,
  ): Promise<void> {
    const { batch, onEnd } = this.options
    const [[row]] = await batch.database.write([endReplay(replay, this.holder, state, failure)])
    if (!row?.ended) return
    batch.log.info({ replay: replay.id, state }, 'A replay has ended')
    onEnd()
  }
}
