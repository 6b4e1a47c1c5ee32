import { platformTenantId } from '@prognetwork/contracts'
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import type { TelemetryBatch } from '../telemetry/collector.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { PlatformOptions } from './platform-options.ts'
import { type RunningService, systemContext } from './running-service.ts'
import type { Neighbours } from './separation.ts'

const keeper = monitoringContract.service
const { recordTelemetry } = monitoringContract.operations

/**
 * The way of spans and lines to the service that keeps them: handed over in its own process, sent to
 * it from any other. Nothing on this way leaves a span, or telemetry would never come to rest.
 */
export function keepTelemetry(
  options: PlatformOptions,
  services: ReadonlyMap<string, RunningService>,
  neighbours: Neighbours | undefined,
): { start(): void; stop(): Promise<void> } {
  const { telemetry, definitions } = options
  let hideFigure: (() => void) | undefined
  return {
    start() {
      if (!telemetry) return
      const isThere = definitions.some((one) => one.name === keeper)
      telemetry.deliverTo(isThere ? deliveryOf(options, services, neighbours) : undefined)
      const [first = keeper] = services.keys()
      hideFigure = createMetrics({ service: first }).figures([
        {
          name: 'telemetry_dropped',
          unit: 'records',
          help: 'Spans and log lines of this process that could not be kept since its start',
          read: () => telemetry.dropped,
        },
      ])
    },
    async stop() {
      hideFigure?.()
      await telemetry?.close()
    },
  }
}

function deliveryOf(
  options: PlatformOptions,
  services: ReadonlyMap<string, RunningService>,
  neighbours: Neighbours | undefined,
): ((batch: TelemetryBatch) => Promise<void>) | undefined {
  const here = services.get(keeper)
  if (here) {
    return async (batch) => {
      const ctx = systemContext(keeper, platformTenantId, options)
      await here.running.keepTelemetry?.(ctx, batch)
    }
  }
  const [caller] = services.keys()
  if (!neighbours || caller === undefined) return undefined
  return async (batch) => {
    const { principal, scope, trace } = systemContext(caller, platformTenantId, options)
    await neighbours.remote.call(caller, recordTelemetry, {
      handover: {
        principal,
        tenantId: scope.tenantId,
        trace: { ...trace, sampled: false },
        address: '',
        caller,
      },
      input: { body: batch },
      isBackground: true,
      isPoll: true,
    })
  }
}
