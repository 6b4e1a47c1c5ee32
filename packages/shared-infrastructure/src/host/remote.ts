import type { IncomingMessage, ServerResponse } from 'node:http'
import { common, type NamedOperation, type ProblemDetails } from '@prognetwork/contracts'
import { type Dispatcher, Pool } from 'undici'
import { type Handover, handoverOf } from '../door/handover.ts'
import type { PrincipalTokens } from '../door/principal-token.ts'
import { addressOf } from '../http/operation-address.ts'
import { Problem, Unavailable } from '../service/failure.ts'
import { formatTraceparent } from '../telemetry/trace.ts'
import type { CallTransport } from './call.ts'
import { type Circuit, createCircuit } from './circuit.ts'
import type { Work } from './operation.ts'
import { passOn, refuse } from './proxy.ts'
import { passUpgrade } from './proxy-upgrade.ts'
import type { ServiceDirectory } from './service-directory.ts'
import { defaultBodyLimitBytes } from './streaming.ts'
import type { Upgrade } from './web-socket.ts'

const callTimeoutMs = 10_000
/** Longer than the pauses that the door allows in an upload, which its answer waits for. */
const uploadTimeoutMs = 60_000
/** Streams say something every few seconds, if only that they are alive. */
const streamSilenceMs = 60_000
const connectTimeoutMs = 2_000
const maxConnections = 64

/** The way to services that run in other processes. */
export interface Remote {
  readonly call: CallTransport
  /** Passes a raw request on and its answer back, as streams; the path is the service's own. */
  forward(
    /** The service of the public zone that passes the request on. */
    edge: string,
    operation: NamedOperation,
    handover: Handover,
    request: IncomingMessage,
    response: ServerResponse,
  ): void
  /** The same for a request that asks for a WebSocket: the two connections become one. */
  upgrade(
    edge: string,
    operation: NamedOperation,
    ...connection: Parameters<Upgrade>
  ): Promise<number>
  close(): Promise<void>
}

export function createRemote(options: {
  readonly directory: ServiceDirectory
  /** The tokens of the service that calls. */
  readonly tokensOf: (caller: string) => PrincipalTokens
  readonly nowMs: () => number
}): Remote {
  const targets = new Map<string, { pool: Pool; circuit: Circuit }>()
  const targetOf = (service: string) => {
    let target = targets.get(service)
    if (!target) {
      target = {
        pool: new Pool(options.directory.urlOf(service), {
          connections: maxConnections,
          connectTimeout: connectTimeoutMs,
          headersTimeout: callTimeoutMs,
          bodyTimeout: callTimeoutMs,
        }),
        circuit: createCircuit(service, options.nowMs),
      }
      targets.set(service, target)
    }
    return target
  }
  const identity = (
    caller: string,
    audience: string,
    handover: Handover,
    use: 'call' | 'request',
  ) => ({
    authorization: `Bearer ${options.tokensOf(caller).mint({ ...handover, audience, use })}`,
    traceparent: formatTraceparent(handover.trace),
    ...(handover.address !== '' && { 'prog-address': handover.address }),
  })

  return {
    async call(caller, operation, work) {
      const { pool, circuit } = targetOf(operation.service)
      const use = work.handover.caller === undefined ? 'request' : 'call'
      const headers = identity(caller, operation.service, work.handover, use)
      if (work.isBackground) {
        const output = await send(pool, operation, work, headers)
        circuit.succeeded()
        return output
      }
      const isRepeatable = operation.method === 'GET' || work.idempotencyKey !== undefined
      for (;;) {
        circuit.enter()
        try {
          const output = await send(pool, operation, work, headers)
          circuit.succeeded()
          return output
        } catch (error) {
          // A problem is an answer: the service is well.
          if (error instanceof Problem) circuit.succeeded()
          if (!(error instanceof Unavailable)) throw error
          circuit.failed()
          if (!isRepeatable || !circuit.mayRetry()) throw error
        }
      }
    },
    forward(edge, operation, handover, request, response) {
      const { service } = operation
      const { pool, circuit } = targetOf(service)
      const { traceId } = handover.trace
      try {
        circuit.enter()
      } catch (error) {
        refuse(request, response, error, traceId)
        return
      }
      passOn(
        { pool, circuit, request, response, traceId },
        {
          headers: identity(edge, service, handover, 'request'),
          bodyLimitBytes: operation.shape.bodyLimitBytes ?? defaultBodyLimitBytes,
          answerTimeoutMs: answerTimeoutMs(operation),
          isUpload: operation.shape.upload !== undefined,
        },
      )
    },
    upgrade(edge, { service }, request, socket, head) {
      const handover = handoverOf(request)
      if (!handover) throw new Error('a request must pass the door before it is handed on')
      return passUpgrade(options.directory.urlOf(service), request, socket, head, {
        headers: identity(edge, service, handover, 'request'),
        connectTimeoutMs,
        traceId: handover.trace.traceId,
      })
    },
    async close() {
      await Promise.all([...targets.values()].map(({ pool }) => pool.close()))
    },
  }
}

function answerTimeoutMs({ shape }: NamedOperation): number {
  if (shape.stream) return streamSilenceMs
  return shape.upload === undefined ? callTimeoutMs : uploadTimeoutMs
}

async function send(
  pool: Pool,
  operation: NamedOperation,
  work: Work,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { body } = work.input
  let response: Dispatcher.ResponseData
  let text: string
  try {
    response = await pool.request({
      method: operation.method,
      path: addressOf(operation, work.input),
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(work.idempotencyKey !== undefined && { 'idempotency-key': work.idempotencyKey }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    text = await response.body.text()
  } catch (error) {
    throw new Unavailable(operation.service, { cause: error })
  }
  const { statusCode } = response
  if (statusCode === 503) throw new Unavailable(operation.service)
  if (statusCode >= 500)
    throw new Error(`${operation.service}.${operation.name} failed: ${text.slice(0, 500)}`)
  if (statusCode >= 400) throw problemOf(operation, JSON.parse(text))
  return text === '' ? undefined : JSON.parse(text)
}

/** The same problem that the handler threw in the other process. */
function problemOf(operation: NamedOperation, details: ProblemDetails): Error {
  const known = [...(operation.shape.problems ?? []), ...Object.values(common)].find(
    (one) => one.code === details.code,
  )
  if (!known)
    return new Error(`${operation.name} answered ${details.code}, which it does not declare`)
  return new Problem(known, details.detail, { ...(details.errors && { errors: details.errors }) })
}
