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

/**
 * The log of one service; lines below `level` cost nothing. They go to standard output unless a
 * destination is given. `pretty` writes for a person at a terminal, otherwise JSON.
 */
export function createLog(options: {
  service: string
  level: LogLevel | LogThreshold
  pretty?: boolean
  destination?: LogDestination
}): Log {
  const { service, level, pretty = false } = options
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
  )
}

let standardOutputBuffer: LogDestination | undefined

/** One buffer per process: the lines of all services leave in the order in which they came. */
function standardOutput(): LogDestination {
  standardOutputBuffer ??= createLineBuffer(1)
  return standardOutputBuffer
}

type PinoLogger = ReturnType<typeof pino>

class ServiceLog implements Log {
  readonly #pino: PinoLogger
  readonly #threshold: LogThreshold

  constructor(logger: PinoLogger, threshold: LogThreshold) {
    this.#pino = logger
    this.#threshold = threshold
  }

  debug(fields: object, sentence: string): void {
    if (this.#threshold.number <= 20) this.#pino.debug(redactFields(fields), redactText(sentence))
  }

  info(fields: object, sentence: string): void {
    if (this.#threshold.number <= 30) this.#pino.info(redactFields(fields), redactText(sentence))
  }

  warn(fields: object, sentence: string): void {
    if (this.#threshold.number <= 40) this.#pino.warn(redactFields(fields), redactText(sentence))
  }

  error(fields: object, sentence: string): void {
    this.#pino.error(redactFields(fields), redactText(sentence))
  }

  child(fields: object): Log {
    return new ServiceLog(this.#pino.child(redactFields(fields)), this.#threshold)
  }
}
