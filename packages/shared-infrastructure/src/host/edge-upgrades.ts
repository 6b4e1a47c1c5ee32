import type { IncomingMessage, Server } from 'node:http'

const offered = new WeakMap<Server, Set<string>>()

/** From now on requests for a WebSocket at this path are upgraded; to be said before it listens. */
export function offerUpgrade(server: Server, path: string): void {
  const paths = offered.get(server) ?? new Set()
  offered.set(server, paths.add(path))
}

/** Whether a request for an upgrade is one that the server takes. */
export function offersUpgrade(server: Server, request: IncomingMessage): boolean {
  const { method, url, headers } = request
  const path = url?.split('?', 1)[0] ?? ''
  const isAsked = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
  return isAsked && (offered.get(server)?.has(path) ?? false)
}
