// How long a body may take. Node has one limit for every request, which is either too long for a
// form or too short for a file; so it is off, and bodies under way are looked at here.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'

/** Milliseconds. */
export interface BodyPatience {
  /** From the first byte of a request to its last. */
  wholeMs: number
  /** The longest pause in an upload, which may take as long as it goes on. */
  pauseMs: number
}

const checkMs = 1_000
const patiences = new WeakMap<Server, BodyPatience>()

/** The patience of a server with bodies, to be changed before it listens. */
export function bodyPatienceOf(server: Server): BodyPatience {
  let patience = patiences.get(server)
  if (!patience) {
    patience = { wholeMs: 120_000, pauseMs: 30_000 }
    patiences.set(server, patience)
  }
  return patience
}

const uploadKey = Symbol('upload')
interface Marked {
  [uploadKey]?: true
}

/** The request brings a file: only its pauses are limited, not its length in time. */
export function allowUpload(request: IncomingMessage): void {
  ;(request as Marked)[uploadKey] = true
}

interface Body {
  readonly response: ServerResponse
  readonly sinceMs: number
  bytesRead: number
  progressMs: number
}

/** Wraps a listener so that `refuse` is told of every request whose body takes too long. */
export function watchSlowBodies(
  listener: RequestListener,
  refuse: (request: IncomingMessage, response: ServerResponse) => void,
): { readonly listener: RequestListener; attach(server: Server): void } {
  const bodies = new Map<IncomingMessage, Body>()

  function look(patience: BodyPatience): void {
    const nowMs = performance.now()
    for (const [request, body] of bodies) {
      if (request.complete || request.destroyed) {
        bodies.delete(request)
        continue
      }
      if (request.socket.bytesRead !== body.bytesRead) {
        body.bytesRead = request.socket.bytesRead
        body.progressMs = nowMs
      }
      const late = (request as Marked)[uploadKey]
        ? nowMs - body.progressMs > patience.pauseMs
        : nowMs - body.sinceMs > patience.wholeMs
      if (!late) continue
      bodies.delete(request)
      refuse(request, body.response)
    }
  }

  return {
    listener(request, response) {
      const { headers, socket } = request
      if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
        const nowMs = performance.now()
        bodies.set(request, {
          response,
          sinceMs: nowMs,
          bytesRead: socket.bytesRead,
          progressMs: nowMs,
        })
        request.once('close', () => bodies.delete(request))
      }
      listener(request, response)
    },
    attach(server) {
      const patience = bodyPatienceOf(server)
      const timer = setInterval(() => look(patience), checkMs)
      timer.unref()
      server.once('close', () => clearInterval(timer))
    },
  }
}
