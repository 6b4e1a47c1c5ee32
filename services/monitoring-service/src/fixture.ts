import { randomBytes } from 'node:crypto'
import { type Fixture, newId } from '@prognetwork/shared-infrastructure'
import type { Telemetry } from './telemetry/telemetry.ts'

/** A trace of one span with a line beside it, about an order. */
export function createFixture(parts: {
  readonly telemetry: Telemetry
  readonly nowMs: () => number
}): Fixture {
  const { telemetry, nowMs } = parts
  return async (ctx, { marker, made }) => {
    const { tenantId } = ctx.scope
    const traceId = randomBytes(16).toString('hex')
    const timeMs = nowMs()
    const service = 'monitoring-service'
    const told = { traceId, tenantId }
    await telemetry.keep(ctx, {
      spans: [
        {
          ...told,
          ...{ spanId: randomBytes(8).toString('hex'), name: marker, kind: 'internal', service },
          ...{ startMs: timeMs, durationUs: 1_000, status: 'ok', attributes: { marker } },
          objects: [`order:${made.order?.[0] ?? newId()}`],
        },
      ],
      lines: [{ timeMs, level: 'info', service, sentence: marker, fields: { ...told, marker } }],
    })
    return {}
  }
}
