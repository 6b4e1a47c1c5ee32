import type { Duplex } from 'node:stream'

/** How long the other side may take to read what was said last, and to end as well. */
const lingerMs = 2_000

/**
 * Ends a connection that no server looks after any more, and cuts it off when the other side does
 * not end it too: closing at once while it still sends would reset it, and lose what was said last.
 */
export function partFrom(socket: Duplex, lastWords?: string): void {
  socket.end(lastWords)
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
}
