// Metrics by the RED rules (rate, errors, duration) in the names of OpenTelemetry's semantic
// conventions. Services that share a process share one registry and differ by the label `service`.
// Labels are bounded: a meter is bound once per declared operation, never made from request data.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** How a call or statement ended: `problem` is the caller's, `error` is ours. */
export type Outcome = 'ok' | 'problem' | 'unavailable' | 'error'

/** One HTTP operation. Every `begin` is followed by exactly one `end`, also after an abort. */
export interface HttpMeter {
  begin(): void
  /** `status` is the code sent, 499 when the client went away first. */
  end(status: number, durationSeconds: number): void
}

/** One operation called, or one statement. */
export interface OutcomeMeter {
  observe(outcome: Outcome, durationSeconds: number): void
}

/** A figure of a service at the moment it is read; `<name>_<unit>` in metrics. */
export interface ServiceFigure {
  /** Snake case, without the unit. */
  readonly name: string
  /** `deliveries`, `events`, `keys`, `positions` or `records` for counts, `seconds` for times, `ratio` for yes (1) and no (0). */
  readonly unit: 'deliveries' | 'events' | 'keys' | 'positions' | 'ratio' | 'records' | 'seconds'
  readonly help: string
  read(): number
}

export interface Metrics {
  readonly registry: Registry
  /** `operation` is the name in the contract, never a path. */
  httpOperation(method: string, operation: string): HttpMeter
  call(operation: string): OutcomeMeter
  statement(statement: string): OutcomeMeter
  /** Counts statements of one kind; several may travel in one batch. */
  statements(kind: string): { inc(count: number): void }
  /** How many callers wait for a connection of `pool`. */
  poolWaiting(pool: string): { set(count: number): void }
  /** Shows these figures from now on, until it is stopped by what is answered. */
  figures(figures: readonly ServiceFigure[]): () => void
}

interface Families {
  httpDuration: Histogram
  httpInFlight: Gauge
  /** Brings the gauge up to date; called when metrics are read. */
  inFlightReports: (() => void)[]
  callDuration: Histogram
  statementDuration: Histogram
  statementCount: Counter
  poolWaiting: Gauge
  /** By name: what each service shows. */
  figures: Map<string, Map<string, () => number>>
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const statementBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]

const processRegistry = new Registry()
const familiesByRegistry = new WeakMap<Registry, Families>()

/**
 * The metrics of one service in the registry of the process, or in `registry`. The first call also
 * registers what is measured once per process: event loop delay, garbage collection, memory, CPU.
 */
export function createMetrics(options: { service: string; registry?: Registry }): Metrics {
  const { service, registry = processRegistry } = options
  const families = familiesByRegistry.get(registry) ?? createFamilies(registry)
  familiesByRegistry.set(registry, families)
  const outcomes = (family: Histogram, name: string): OutcomeMeter => {
    const bound = (outcome: Outcome) => family.labels(service, name, outcome)
    const children = {
      ok: bound('ok'),
      problem: bound('problem'),
      unavailable: bound('unavailable'),
      error: bound('error'),
    }
    return { observe: (outcome, seconds) => children[outcome].observe(seconds) }
  }
  return {
    registry,
    httpOperation: (method, operation) => httpMeter(families, service, method, operation),
    call: (operation) => outcomes(families.callDuration, operation),
    statement: (statement) => outcomes(families.statementDuration, statement),
    statements: (kind) => families.statementCount.labels(service, kind),
    poolWaiting: (pool) => families.poolWaiting.labels(service, pool),
    figures(figures) {
      const shown = figures.map((one) => showFigure(families, registry, service, one))
      return () => {
        for (const hide of shown) hide()
      }
    },
  }
}

function showFigure(
  { figures }: Families,
  registry: Registry,
  service: string,
  { name, unit, help, read }: ServiceFigure,
): () => void {
  const metric = `${name}_${unit}`
  const readers = figures.get(metric) ?? new Map<string, () => number>()
  if (!figures.has(metric)) {
    figures.set(metric, readers)
    new Gauge({
      name: metric,
      help,
      labelNames: ['service'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [of, value] of readers) this.labels(of).set(value())
      },
    })
  }
  readers.set(service, read)
  return () => {
    if (readers.get(service) === read) readers.delete(service)
  }
}

/**
 * Keeps a label to a declared set of values: anything else becomes `other`, so that whoever
 * chooses the value from outside cannot grow the number of series.
 */
export function boundedLabel(declared: Iterable<string>): (value: string) => string {
  const values = new Set(declared)
  return (value) => (values.has(value) ? value : 'other')
}

const methodLabel = boundedLabel(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function httpMeter(
  families: Families,
  service: string,
  method: string,
  operation: string,
): HttpMeter {
  const label = methodLabel(method)
  const gauge = families.httpInFlight.labels(service, operation, label)
  // Counted here and told at reading: two gauge updates a request would cost as much as the rest.
  let inFlight = 0
  let reported = 0
  families.inFlightReports.push(() => {
    gauge.inc(inFlight - reported)
    reported = inFlight
  })
  const byStatus = new Map<number, Histogram.Internal<string>>()
  const bind = (status: number) => {
    const known = Number.isInteger(status) && status >= 100 && status <= 599
    const child = families.httpDuration.labels(
      service,
      operation,
      label,
      known ? String(status) : 'other',
    )
    if (known) byStatus.set(status, child)
    return child
  }
  return {
    begin() {
      inFlight += 1
    },
    end(status, durationSeconds) {
      inFlight -= 1
      const child = byStatus.get(status) ?? bind(status)
      child.observe(durationSeconds)
    },
  }
}

function createFamilies(registry: Registry): Families {
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const inFlightReports: (() => void)[] = []
  return {
    inFlightReports,
    figures: new Map(),
    httpDuration: new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Time from the request to the end of its answer',
      labelNames: ['service', 'operation', 'method', 'status'],
      buckets: secondsBuckets,
      registers,
    }),
    httpInFlight: new Gauge({
      name: 'http_server_active_requests',
      help: 'Requests being answered now',
      labelNames: ['service', 'operation', 'method'],
      registers,
      collect: () => {
        for (const report of inFlightReports) report()
      },
    }),
    callDuration: new Histogram({
      name: 'rpc_client_call_duration_seconds',
      help: 'Time of calls to operations of other services',
      labelNames: ['service', 'operation', 'outcome'],
      buckets: secondsBuckets,
      registers,
    }),
    statementDuration: new Histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'Time of database statements, waiting for a connection not included',
      labelNames: ['service', 'statement', 'outcome'],
      buckets: statementBuckets,
      registers,
    }),
    statementCount: new Counter({
      name: 'db_client_statements_total',
      help: 'Database statements sent in batches; that of the tenant is not counted',
      labelNames: ['service', 'statement'],
      registers,
    }),
    poolWaiting: new Gauge({
      name: 'db_client_connection_pending_requests',
      help: 'Callers waiting for a database connection',
      labelNames: ['service', 'pool'],
      registers,
    }),
  }
}
