// Streams of events by WebSocket (RFC 6455), for clients that ask for an upgrade at the address of an
// operation that answers a stream. Until the handshake is done everything is as for any request.
import type { IncomingMessage } from 'node:http'
import { parse } from 'node:querystring'
import type { Duplex } from 'node:stream'
import { common, type EventSink } from '@prognetwork/contracts'
import { requestMalformed } from '@prognetwork/contracts/gateway'
import { WebSocketServer } from 'ws'
import { handoverOf } from '../door/handover.ts'
import { problemReply } from '../http/problem-reply.ts'
import { Problem } from '../service/failure.ts'
import type { Tracer } from '../telemetry/span.ts'
import { startTrace } from '../telemetry/trace.ts'
import type { RunnableOperation } from './operation.ts'
import { partFrom } from './parting.ts'
import { writeProblem } from './raw-problem.ts'
import { keepAliveMs } from './streaming.ts'

/**
 * Takes over the connection of a request that asks for an upgrade and has passed a door. Answers the
 * status it was given: 101, or that of a problem.
 */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<number>

/** Clients say nothing that is read here. */
const maxPayloadBytes = 1_024

export function createUpgrade(operations: Iterable<RunnableOperation>, tracer: Tracer): Upgrade {
  const streams = new Map(
    [...operations]
      .filter(({ operation }) => operation.shape.stream)
      .map((one) => [one.operation.path, one] as const),
  )
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
  })
  // Thrown through the handshake, to be answered as every refusal is.
  server.on('wsClientError', ({ message }) => {
    const headers = { 'sec-websocket-version': '13' }
    throw new Problem(requestMalformed, `No WebSocket can be opened: ${message}`, { headers })
  })

  async function open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const handover = handoverOf(request)
    if (!handover) throw new Problem(common.credentialMissing, 'Come in by a door')
    const { path, query } = partsOf(request)
    const one = streams.get(path)
    if (!one) throw new Problem(common.routeMissing, `There is no WebSocket at ${path}`)
    const span = tracer.start(one.operation.name, 'server', handover.trace)
    span.belongTo(handover.tenantId)
    try {
      const attach = await one.run({
        handover: { ...handover, trace: span.trace },
        input: { query },
      })
      server.handleUpgrade(request, socket, head, (webSocket) => {
        // What the client did wrong has been said to it in a closing frame.
        webSocket.on('error', () => partFrom(socket))
        ;(attach as (sink: EventSink) => void)(sinkOver(socket))
      })
      span.end()
    } catch (error) {
      span.end(error instanceof Problem ? 'problem' : 'error')
      throw error
    }
  }

  return async (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    try {
      await open(request, socket, head)
      return 101
    } catch (error) {
      const trace = handoverOf(request)?.trace ?? startTrace()
      const { status, body, headers } = problemReply(error, trace.traceId)
      writeProblem(socket, body, headers)
      return status
    }
  }
}

function partsOf(request: IncomingMessage): { path: string; query: Record<string, unknown> } {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2)
  return { path, query: { ...parse(search) } }
}

/** Frames are written past the library, so that one is made for all who get it. */
function sinkOver(socket: Duplex): EventSink {
  if ('setKeepAlive' in socket && typeof socket.setKeepAlive === 'function')
    socket.setKeepAlive(true, keepAliveMs)
  return {
    kind: 'web-socket',
    send: (bytes) => {
      if (socket.writable) socket.write(bytes)
    },
    get waitingBytes() {
      return socket.writableLength
    },
    end: (isLost = false) => {
      if (isLost) socket.destroy()
      else partFrom(socket)
    },
    onEnd: (listener) => socket.once('close', listener),
  }
}
