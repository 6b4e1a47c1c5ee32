import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { createConnections } from '../database/connections.ts'
import { createDatabase, type DatabaseInternals } from '../database/database.ts'
import { healthOf } from './edge-health.ts'

const sockets: Socket[] = []
const silent = createServer((socket) => sockets.push(socket))
let database: DatabaseInternals | undefined

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  silent.close()
  await database?.close()
})

test('a database that takes the connection and says nothing is not ready after a second', async () => {
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  database = createDatabase({
    service: 'silent-service',
    named: true,
    connections: createConnections(
      { host: '127.0.0.1', port, database: 'd', user: 'u', password: 'p' },
      { max: 1, waitMs: 5_000 },
    ),
  })
  const started = performance.now()
  const health = await healthOf(
    [{ definition: { name: 'silent-service' }, databases: [database] }],
    false,
  )
  const tookMs = performance.now() - started
  expect(health).toEqual({
    ready: false,
    draining: false,
    services: { 'silent-service': { ready: false, database: 'does not answer' } },
  })
  expect(tookMs).toBeGreaterThan(900)
  expect(tookMs).toBeLessThan(2_000)
})

test('while it drains nothing is ready, though every service could work', async () => {
  const health = await healthOf([{ definition: { name: 'a-service' }, databases: [] }], true)
  expect(health).toEqual({
    ready: false,
    draining: true,
    services: { 'a-service': { ready: true } },
  })
})
