// What the processes of the platform tell, kept in batches: one statement for all spans of a batch,
// one for its lines and one for the objects they name, in one round trip.
import type { Context } from '@prognetwork/contracts'
import type { PlatformDoor } from '@prognetwork/shared-infrastructure'
import type { Days } from '../days/days.ts'
import type { Sampling } from '../sampling/sampling.ts'
import { lineStatements, spanStatements } from './columns.ts'
import type { GivenTelemetry } from './given.ts'
import { withoutWaiting } from './telemetry.store.ts'

export interface Telemetry {
  keep(ctx: Context, given: GivenTelemetry): Promise<void>
  /** Spans and lines of moments that no day was made for, since the start. */
  outOfTime(): number
}

export function createTelemetry(parts: {
  readonly platform: PlatformDoor
  readonly days: Days
  readonly sampling: Sampling
  /** Where it goes besides, whether or not it could be kept. */
  readonly exported: (telemetry: GivenTelemetry) => void
}): Telemetry {
  const { platform, days, sampling, exported } = parts
  let outOfTime = 0
  return {
    outOfTime: () => outOfTime,
    async keep(ctx, given) {
      const chosen = sampling.choose(given.spans)
      exported({ spans: chosen, lines: given.lines })
      const spans = chosen.filter(({ startMs }) => days.hasRoomFor(startMs))
      const lines = given.lines.filter(({ timeMs }) => days.hasRoomFor(timeMs))
      outOfTime += chosen.length - spans.length + given.lines.length - lines.length
      const statements = [...spanStatements(spans), ...lineStatements(lines)]
      if (statements.length === 0) return
      await platform.batch(ctx, 'keep telemetry', [withoutWaiting(), ...statements])
    },
  }
}
