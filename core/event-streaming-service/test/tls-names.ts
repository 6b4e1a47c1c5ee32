import { createServer } from 'node:tls'

/** What a client calls the server that it wants to speak TLS with; it gets no further than that. */
export async function nameAskedFor(connect: (port: number) => Promise<void>): Promise<string> {
  const asked = Promise.withResolvers<string>()
  const server = createServer({
    SNICallback(name, refuse) {
      asked.resolve(name)
      refuse(new Error('this is nobody'))
    },
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const connecting = connect(port)
  const name = await asked.promise
  server.close()
  await connecting
  return name
}
