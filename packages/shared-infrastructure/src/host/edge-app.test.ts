import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { createLog } from '../telemetry/log.ts'
import { closeGracefully, createEdgeApp } from './edge-app.ts'

async function startEdge() {
  const app = createEdgeApp({
    mount: (mounted) => void mounted.get('/', () => 'here'),
    log: createLog({ service: 'edge', level: 'error', destination: { write: () => {} } }),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, port }
}

test('a connection on which nothing was asked does not hold up the close', async () => {
  const { app, port } = await startEdge()
  const socket = connect(port, '127.0.0.1')
  const accepted = once(app.server, 'connection')
  await Promise.all([once(socket, 'connect'), accepted])
  socket.on('error', () => {})
  await Promise.all([closeGracefully(app), once(socket, 'close')])
})

test('a request that has begun to come in is given its time, and answered', async () => {
  const { app, port } = await startEdge()
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  const accepted = once(app.server, 'connection')
  await Promise.all([once(socket, 'connect'), accepted])
  socket.write('GET / HTTP/1.1\r\n')
  const [inside] = await accepted
  await expect.poll(() => inside.bytesRead).toBeGreaterThan(0)
  const closing = closeGracefully(app)
  socket.write('Host: localhost\r\n\r\n')
  const [answer] = await once(socket, 'data')
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  await closing
})
