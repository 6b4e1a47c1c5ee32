// What is kept goes to another backend as well, where one is named: OTLP/HTTP in its JSON encoding
// (https://opentelemetry.io/docs/specs/otlp/), as it comes and without a second try.
import type { ServiceFigure } from '@prognetwork/shared-infrastructure'
import type { GivenTelemetry } from '../telemetry/given.ts'
import { logsOf, tracesOf } from './otlp-json.ts'

export interface OtlpExport {
  /** Neither waits nor throws. */
  send(telemetry: GivenTelemetry): void
  readonly figures: readonly ServiceFigure[]
  /** Sends what waits. */
  close(): Promise<void>
}

/** A backend that is slower than we are loses telemetry rather than our memory. */
const maxWaiting = 20
const answerMs = 10_000

export function createOtlpExport({
  url,
  headers,
}: {
  /** Where `/v1/traces` and `/v1/logs` are; nothing is sent without it. */
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
}): OtlpExport {
  const waiting: GivenTelemetry[] = []
  let lost = 0
  let sending: Promise<void> | undefined

  async function post(path: string, body: object): Promise<void> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMs),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`)
  }

  async function count(size: number, sent: Promise<void>): Promise<void> {
    try {
      await sent
    } catch {
      // A line about it would be telemetry as well, and be lost on the same way.
      lost += size
    }
  }

  async function sendAll(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { spans, lines } = next
      await Promise.all([
        spans.length > 0 ? count(spans.length, post('/v1/traces', tracesOf(spans))) : undefined,
        lines.length > 0 ? count(lines.length, post('/v1/logs', logsOf(lines))) : undefined,
      ])
    }
  }

  return {
    send(telemetry) {
      const { spans, lines } = telemetry
      if (url === undefined || spans.length + lines.length === 0) return
      if (waiting.length >= maxWaiting) {
        lost += spans.length + lines.length
        return
      }
      waiting.push(telemetry)
      sending ??= sendAll().finally(() => {
        sending = undefined
      })
    },
    figures: [
      {
        name: 'telemetry_not_exported',
        unit: 'records',
        help: 'Spans and log lines that the other backend did not take, since the start',
        read: () => lost,
      },
    ],
    async close() {
      await sending
    },
  }
}

/** `name=value` with commas between them, as OTEL_EXPORTER_OTLP_HEADERS has it. */
export function headersFrom(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 1
        ? []
        : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]]
    }),
  )
}
