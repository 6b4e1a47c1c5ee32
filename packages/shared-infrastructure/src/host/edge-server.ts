// The HTTP server of the public zone. Requests that break the protocol never become requests: they
// are answered here, as problem details like everything else, and their connection is closed.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { common, type Log, type ProblemDetails, problemStatus } from '@prognetwork/contracts'
import { connectionProblems, requestMalformed } from '@prognetwork/contracts/gateway'
import { startTrace } from '../telemetry/trace.ts'
import { watchSilentConnections } from './edge-silent-connections.ts'
import { watchSlowBodies } from './edge-slow-body.ts'
import { offersUpgrade } from './edge-upgrades.ts'
import { problemHeaders, writeProblem } from './raw-problem.ts'

const headerLimitBytes = 16_384
const headersTimeoutMs = 15_000
const keepAliveTimeoutMs = 72_000
/** How often the timeouts above are looked at; Node's own 30 s would make them twice as long. */
const timeoutCheckMs = 1_000

interface Refusal {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
}

export function createEdgeServer(listener: RequestListener, log: Log): Server {
  const slow = watchSlowBodies(listener, (request, response) => {
    if (response.headersSent) request.socket.destroy()
    else refuse(request.socket, timedOut(), undefined)
  })
  const server: Server = createServer(
    {
      maxHeaderSize: headerLimitBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: 0,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: timeoutCheckMs,
      // Checked by who takes the request, which answers in problem details.
      requireHostHeader: false,
      // An upgrade that nobody offers is an ordinary request (RFC 9110, 7.8).
      shouldUpgradeCallback: (request) => offersUpgrade(server, request),
    },
    slow.listener,
  )
  slow.attach(server)
  watchSilentConnections(server)
  const answered = new WeakSet<Duplex>()
  const refuse = (socket: Duplex, refusal: Refusal, cause: unknown) => {
    if (answered.has(socket)) return
    answered.add(socket)
    const body = detailsOf(refusal)
    log.info({ status: refusal.status, traceId: body.traceId, cause: codeOf(cause) }, 'Refused')
    writeProblem(socket, body)
  }
  server.on('clientError', (error: Error, socket: Duplex) => {
    if (codeOf(error) === 'ECONNRESET' || !socket.writable || hasBegunToAnswer(socket))
      socket.destroy()
    else refuse(socket, refusalOf(codeOf(error)), error)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    refuse(socket, malformed('This is not a proxy: CONNECT is refused'), undefined)
  })
  // Without a listener Node asks for the body at once. Who takes the request looks at it first.
  server.on('checkContinue', slow.listener)
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = detailsOf({
      ...connectionProblems.expectationUnknown,
      detail: 'Expect may only be 100-continue',
    })
    response.writeHead(body.status, { ...problemHeaders(body), connection: 'close' })
    response.end(JSON.stringify(body))
  })
  return server
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      ...withStatus(common.headersTooLarge),
      detail: `Address and headers together may have ${headerLimitBytes} bytes`,
    }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return timedOut()
  return malformed('The request cannot be read as HTTP/1.1')
}

function timedOut(): Refusal {
  return { ...connectionProblems.timedOut, detail: 'Send the request without long pauses' }
}

function malformed(detail: string): Refusal {
  return { ...withStatus(requestMalformed), detail }
}

function withStatus(definition: typeof requestMalformed) {
  return { ...definition, status: problemStatus[definition.kind] }
}

function detailsOf({ status, code, title, detail }: Refusal): ProblemDetails {
  const { traceId } = startTrace()
  return { type: `urn:prognetwork:problem:${code}`, title, status, code, detail, traceId }
}

/** A second answer in the middle of one that is being sent would be read as part of it. */
function hasBegunToAnswer(socket: Duplex): boolean {
  const { _httpMessage } = socket as Duplex & { _httpMessage?: ServerResponse | null }
  return _httpMessage?.headersSent === true
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
