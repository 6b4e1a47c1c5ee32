// Log lines: one JSON object each, written by pino into a buffer that is emptied by itself and at
// exit. Fields and sentences pass the redaction first; there is no way around it.
import type { Log } from '@prognetwork/contracts'
import { pino } from 'pino'
import { createLineBuffer } from './line-buffer.ts'
import { redactFields, redactText } from './redaction.ts'
import { createTerminal } from './terminal.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** The least severe lines that are written, changed for every log that shares it. */
export interface LogThreshold {
  set(level: LogLevel): void
  /** As numbers: 20 debug, 30 info, 40 warn, 50 error. */
  readonly number: number
}

const levelNumbers = { debug: 20, info: 30, warn: 40, error: 50 } as const

export function createLogThreshold(level: LogLevel): LogThreshold {
  const threshold = {
    number: levelNumbers[level] as number,
    set(next: LogLevel) {
      threshold.number = levelNumbers[next]
    },
  }
  return threshold
}

/** Anything that takes whole lines, each with its line feed. */
export interface LogDestination {
  write(line: string): unknown
}

/** A line as it was written, redacted, for whoever keeps lines in another form than text. */
export interface LineRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly level: LogLevel
  readonly service: string
  readonly sentence: string
  /** Those of the log's parents among them. */
  readonly fields: Readonly<Record<string, unknown>>
}

export interface LineSink {
  /** Must neither throw nor wait: it runs where the line is written. */
  acceptLine(line: LineRecord): void
}

/**
 * The log of one service; lines below `level` cost nothing. They go to standard output unless a
 * destination is given. `pretty` writes for a person at a terminal, otherwise JSON.
 * `sink` is given the same lines before they become text.
 */
export function createLog(options: {
  service: string
  level: LogLevel | LogThreshold
  pretty?: boolean
  destination?: LogDestination
  sink?: LineSink
}): Log {
  const { service, level, pretty = false, sink } = options
  let destination = options.destination
  if (pretty) destination = createTerminal(destination ?? process.stdout)
  return new ServiceLog(
    pino(
      {
        // The threshold decides before pino is asked, and may change.
        level: 'debug',
        base: { service },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        // Errors are described by the redaction; pino's own serialiser would do it once more.
        serializers: { err: (described) => described },
      },
      destination ?? standardOutput(),
    ),
    typeof level === 'string' ? createLogThreshold(level) : level,
    sink && { sink, service, fields: noFields },
  )
}

let standardOutputBuffer: LogDestination | undefined

/** One buffer per process: the lines of all services leave in the order in which they came. */
function standardOutput(): LogDestination {
  standardOutputBuffer ??= createLineBuffer(1)
  return standardOutputBuffer
}

const noFields: Readonly<Record<string, unknown>> = {}

type PinoLogger = ReturnType<typeof pino>

/** The second way of a line, past the text. */
interface Tee {
  readonly sink: LineSink
  readonly service: string
  /** What the log's parents say. */
  readonly fields: Readonly<Record<string, unknown>>
}

class ServiceLog implements Log {
  readonly #pino: PinoLogger
  readonly #threshold: LogThreshold
  readonly #tee: Tee | undefined

  constructor(logger: PinoLogger, threshold: LogThreshold, tee: Tee | undefined) {
    this.#pino = logger
    this.#threshold = threshold
    this.#tee = tee
  }

  debug(fields: object, sentence: string): void {
    if (this.#threshold.number <= 20) this.#write('debug', fields, sentence)
  }

  info(fields: object, sentence: string): void {
    if (this.#threshold.number <= 30) this.#write('info', fields, sentence)
  }

  warn(fields: object, sentence: string): void {
    if (this.#threshold.number <= 40) this.#write('warn', fields, sentence)
  }

  error(fields: object, sentence: string): void {
    this.#write('error', fields, sentence)
  }

  child(fields: object): Log {
    const safe = redactFields(fields)
    const tee = this.#tee && { ...this.#tee, fields: { ...this.#tee.fields, ...safe } }
    return new ServiceLog(this.#pino.child(safe), this.#threshold, tee)
  }

  #write(level: LogLevel, fields: object, sentence: string): void {
    const safe = redactFields(fields)
    const text = redactText(sentence)
    this.#pino[level](safe, text)
    if (!this.#tee) return
    const { sink, service, fields: own } = this.#tee
    const all = own === noFields ? safe : { ...own, ...safe }
    sink.acceptLine({ timeMs: Date.now(), level, service, sentence: text, fields: all })
  }
}

/**
 * A log whose lines say in which trace and for which tenant they were written. One is made for every
 * request and most write nothing, so unlike `child` it costs nothing until a line is written.
 */
export function logOfWork(log: Log, traceId: string, tenantId: string): Log {
  return new WorkLog(log, traceId, tenantId)
}

class WorkLog implements Log {
  readonly #log: Log
  readonly #traceId: string
  readonly #tenantId: string

  constructor(log: Log, traceId: string, tenantId: string) {
    this.#log = log
    this.#traceId = traceId
    this.#tenantId = tenantId
  }

  debug(fields: object, sentence: string): void {
    this.#log.debug(this.#with(fields), sentence)
  }

  info(fields: object, sentence: string): void {
    this.#log.info(this.#with(fields), sentence)
  }

  warn(fields: object, sentence: string): void {
    this.#log.warn(this.#with(fields), sentence)
  }

  error(fields: object, sentence: string): void {
    this.#log.error(this.#with(fields), sentence)
  }

  child(fields: object): Log {
    return this.#log.child(this.#with(fields))
  }

  /** What the line itself says of a tenant is about the tenant it names. */
  #with(fields: object): object {
    const own = fields instanceof Error ? { err: fields } : fields
    return { traceId: this.#traceId, tenantId: this.#tenantId, ...own }
  }
}
