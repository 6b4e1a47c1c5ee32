// Connections on which nothing has been asked yet: browsers open some ahead of need. Node counts them
// neither as idle nor as busy, so a server that closes would wait for them without end.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const silent = new WeakMap<Server, Set<Socket>>()

/** Notes each connection of a server until its first request. */
export function watchSilentConnections(server: Server): void {
  const sockets = new Set<Socket>()
  silent.set(server, sockets)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', ({ socket }) => sockets.delete(socket))
}

/** Ends those that have sent nothing; with `all`, those as well that have begun to send a request. */
export function closeSilentConnections(server: Server, { all }: { all: boolean }): void {
  for (const socket of silent.get(server) ?? []) if (all || socket.bytesRead === 0) socket.destroy()
}
