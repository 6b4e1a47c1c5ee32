import { createServer, type RequestListener } from 'node:http'

/** A stranger's server that pictures are fetched from. */
export async function startPictureServer() {
  const asked: string[] = []
  const answers = new Map<string, RequestListener>()
  const server = createServer((request, reply) => {
    const { url = '' } = request
    asked.push(url)
    const answer = answers.get(url)
    if (answer) answer(request, reply)
    else reply.writeHead(404).end('no such picture')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    /** How often a path was asked for. */
    times: (path: string) => asked.filter((one) => one === path).length,
    /** From now on the path answers so; answers its address. */
    answer(path: string, listener: RequestListener): string {
      answers.set(path, listener)
      return origin + path
    },
    stop() {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export const file =
  (bytes: Buffer): RequestListener =>
  (_, reply) => {
    // Whatever it says: what it is shows in its bytes.
    reply.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
  }

export const leadTo =
  (location: string): RequestListener =>
  (_, reply) => {
    reply.writeHead(302, { location }).end()
  }
