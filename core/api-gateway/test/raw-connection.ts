import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Bytes that the server took before it stopped reading. */
  readonly sentBytes: number
  readonly tookMs: number
}

/**
 * Writes `pieces` to a new connection and reads until the server closes it, as it must after what
 * these tests send.
 */
export async function talk(
  origin: string,
  pieces: string | Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const started = performance.now()
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (data: string) => {
    text += data
  })
  const ended = new Promise<void>((resolve, reject) => {
    socket.once('end', resolve).once('close', resolve)
    // A reset after the answer is how a server stops a peer that will not stop.
    socket.on('error', () => resolve())
    setTimeout(() => reject(new Error(`the server keeps the connection; so far: ${text}`)), 10_000)
  })
  await Promise.race([ended, writeAll(socket, typeof pieces === 'string' ? [pieces] : pieces)])
  await ended
  socket.destroy()
  return { ...parse(text), sentBytes: socket.bytesWritten, tookMs: performance.now() - started }
}

async function writeAll(
  socket: Socket,
  pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
): Promise<void> {
  for await (const piece of pieces) {
    if (!socket.writable) return
    if (!socket.write(piece))
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve).once('close', resolve).once('error', resolve)
      })
  }
}

function parse(text: string): Pick<RawAnswer, 'status' | 'headers' | 'body'> {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(end + 4),
  }
}
