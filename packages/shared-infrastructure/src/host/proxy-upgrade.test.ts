import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { passUpgrade } from './proxy-upgrade.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

async function serve(server: Server): Promise<AddressInfo> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address() as AddressInfo
}

/** A door before this service, and a client that has asked there for a WebSocket. */
async function ask(service: Server) {
  const { port } = await serve(service)
  const passed = Promise.withResolvers<number>()
  const door = createServer()
  door.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    passUpgrade(`http://127.0.0.1:${port}`, request, socket, head, {
      ...{ headers: {}, connectTimeoutMs: 5_000, traceId: '' },
    }).then(passed.resolve, passed.reject)
  })
  const client = connect((await serve(door)).port, '127.0.0.1')
  let heard = ''
  client.setEncoding('latin1').on('data', (text: string) => {
    heard += text
  })
  client.write(
    'GET / HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\ncontent-length: 4\r\n\r\n',
  )
  return { client, passed: passed.promise, heard: () => heard }
}

test('a client that leaves before the answer is not waited for', async () => {
  const service = createServer()
  const asked = once(service, 'upgrade')
  const { client, passed } = await ask(service)
  const [request, upstream] = await asked
  expect(request.headers['content-length']).toBeUndefined()
  const ended = once(upstream, 'end')
  client.destroy()
  upstream.resume()
  await ended
  upstream.destroy()
  expect(await passed).toBe(503)
})

test('a refusal without a length arrives as it was written', async () => {
  const refusing = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'text/plain' })
    response.write('not ')
    response.end('here')
  })
  const { client, passed, heard } = await ask(refusing)
  await once(client, 'end')
  expect(await passed).toBe(403)
  expect(heard()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
  expect(heard().split('\r\n\r\n')[1]).toBe('not here')
})

test('what one side says goes to the other, and the end of the service ends the client', async () => {
  const service = createServer()
  service.on('upgrade', (_request, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nfirst',
    )
    socket.on('data', (chunk: Buffer) => socket.end(` heard ${chunk.toString()}`))
  })
  const { client, passed, heard } = await ask(service)
  expect(await passed).toBe(101)
  client.write('you')
  await once(client, 'close')
  expect(heard()).toMatch(/first heard you$/)
})
