import type { AddressInfo } from 'node:net'
import { type NamedOperation, platformTenantId } from '@prognetwork/contracts'
import { handoverOf } from '../door/handover.ts'
import { type AnyDefinition, isEdge } from '../service/definition.ts'
import { createDirectoryStorage } from '../storage/directory.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createTracer } from '../telemetry/span.ts'
import { startTrace } from '../telemetry/trace.ts'
import { type Backstage, createBackstage } from './backstage.ts'
import { type CallTransport, createPerform, inProcess, traced } from './call.ts'
import { type Consumption, createProcessWakeUps, openProcessTransport } from './consumption.ts'
import { type Edge, filesPath, type Upstream } from './edge.ts'
import { closeGracefully } from './edge-app.ts'
import { healthOf, poolsWaiting } from './edge-health.ts'
import type { PlatformOptions } from './platform-options.ts'
import { type RunningService, startService, stopService, systemContext } from './running-service.ts'
import { createNeighbours, type Neighbours } from './separation.ts'
import { inStartOrder } from './start-order.ts'
import { keepTelemetry } from './telemetry-keeping.ts'

export interface RunningPlatform {
  /** Where each service listens that does. */
  readonly addresses: ReadonlyMap<string, { host: string; port: number }>
  /** What the operator must read. */
  readonly notices: readonly string[]
  /** For proofs; nothing of it can be reached from outside. */
  readonly backstage: Backstage
  /** Tells a service that its reloadable keys have new values; others run elsewhere. */
  /** Runs a recurring job of a service as if its time had come. */
  runJob(service: string, name: string): Promise<void>
  reconfigure(service: string, config: object): void
  /** Drains, then stops everything in the reverse order of its start. */
  stop(): Promise<void>
}

/** Starts the services of this process in the order of their needs. */
export async function startPlatform(given: PlatformOptions): Promise<RunningPlatform> {
  const options = { ...given, log: oncePerService(given.log) }
  const { definitions, separation, realTime } = options
  const neighbours = separation && createNeighbours(separation, definitions, realTime)
  const services = new Map<string, RunningService>()
  const wakeUps = createProcessWakeUps(options, (name) => neighbours?.runsHere(name) ?? true)
  const eventTransport = await openProcessTransport(options, wakeUps)
  const { filesDirectory, keyRing, publicUrl } = options
  const storage = await createDirectoryStorage({
    ...{ directory: filesDirectory, keyRing, encrypt: true },
    baseUrl: `${publicUrl}${filesPath}`,
  })
  const consumptions: Consumption[] = []
  const addresses = new Map<string, { host: string; port: number }>()
  let draining = false
  const transport = transportOf(services, neighbours)
  const keeping = keepTelemetry(options, services, neighbours)
  const edgeOf = (definition: AnyDefinition): Edge => ({
    contracts: definitions.map((one) => one.contract),
    upstreams: definitions.flatMap((one) => upstreamsOf(one, definition, services, neighbours)),
    perform: createPerform(definition, transport),
    files: storage,
    health: () => healthOf(services.values(), draining),
    poolsWaiting: () => poolsWaiting(services.values()),
    metrics: createMetrics({ service: definition.name }),
    tracer: createTracer({ service: definition.name, sink: options.spans }),
    newTrace: startTrace,
    contextFor: (tenantId, trace) => ({
      ...systemContext(definition.name, tenantId, options),
      trace,
    }),
  })
  const stop = async (): Promise<void> => {
    draining = true
    for (const { running } of services.values()) running.drain?.()
    const listening = [...services.values()].filter((one) => one.listener.server.listening)
    await Promise.all(listening.map(({ listener }) => closeGracefully(listener)))
    await Promise.all(consumptions.map((one) => one.stop()))
    await keeping.stop()
    for (const service of [...services.values()].reverse()) await stopService(service)
    await eventTransport.close()
    await wakeUps.close()
    await neighbours?.remote.close()
  }
  try {
    for (const definition of inStartOrder(definitions)) {
      if (neighbours && !neighbours.runsHere(definition.name)) continue
      const service = await startService(definition, options, {
        transport,
        edge: () => edgeOf(definition),
        wakeUps,
        eventTransport,
        storage,
        verifier: neighbours?.verifierFor(definition.name),
      })
      services.set(definition.name, service)
    }
    const notices: string[] = []
    for (const { definition, running } of services.values()) {
      const ctx = systemContext(definition.name, platformTenantId, options)
      notices.push(...((await running.ready?.(ctx)) ?? []))
    }
    keeping.start()
    for (const service of services.values()) consumptions.push(await service.consume())
    for (const { definition, listener } of services.values()) {
      if (!isEdge(definition) && !neighbours) continue
      await listener.listen({ host: options.host, port: options.port(definition) })
      const { port } = listener.server.address() as AddressInfo
      addresses.set(definition.name, { host: options.host, port })
    }
    const reconfigure = (name: string, config: object) => services.get(name)?.reconfigure(config)
    const runJob = async (service: string, name: string) =>
      running(service, services).jobs?.run(name)
    const backstage = createBackstage(services, transport, options)
    return { addresses, notices, backstage, reconfigure, runJob, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Contexts are made all the time, a service's log once. */
function oncePerService(log: PlatformOptions['log']): PlatformOptions['log'] {
  const logs = new Map<string, ReturnType<typeof log>>()
  return (service) => {
    const known = logs.get(service) ?? log(service)
    logs.set(service, known)
    return known
  }
}

/** A call stays in the process when it can; what it may do is the same either way. */
function transportOf(
  services: ReadonlyMap<string, RunningService>,
  neighbours: Neighbours | undefined,
): CallTransport {
  const targetOf = ({ service, name }: NamedOperation) =>
    services.get(service)?.operations.get(name)
  const local = traced(inProcess(targetOf), 'server', (_caller, operation) => {
    const tracer = services.get(operation.service)?.tracer
    return tracer && { tracer, touched: targetOf(operation)?.touched }
  })
  if (!neighbours) return local
  const remote = traced(neighbours.remote.call, 'client', (caller) => {
    const tracer = services.get(caller)?.tracer
    return tracer && { tracer }
  })
  return (caller, operation, work) =>
    (neighbours.runsHere(operation.service) ? local : remote)(caller, operation, work)
}

/** The operations of one service that the outside may reach, and how a request gets there. */
function upstreamsOf(
  definition: AnyDefinition,
  edge: AnyDefinition,
  services: ReadonlyMap<string, RunningService>,
  neighbours: Neighbours | undefined,
): Upstream[] {
  const { name, contract } = definition
  const isRemote = neighbours && !neighbours.runsHere(name)
  return Object.values(contract.operations)
    .filter((operation) => !('service' in operation.shape.auth))
    .map((operation) => ({
      operation,
      forward(request, response) {
        const handover = handoverOf(request)
        if (!handover) throw new Error('a request must pass the door before it is handed on')
        if (isRemote)
          return neighbours.remote.forward(edge.name, operation, handover, request, response)
        running(name, services).app.routing(request, response)
      },
      upgrade(request, socket, head) {
        if (!isRemote) return running(name, services).upgrade(request, socket, head)
        return neighbours.remote.upgrade(edge.name, operation, request, socket, head)
      },
    }))
}

function running(name: string, services: ReadonlyMap<string, RunningService>): RunningService {
  const service = services.get(name)
  if (!service) throw new Error(`${name} has not started`)
  return service
}
