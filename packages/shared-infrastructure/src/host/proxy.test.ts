import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { afterEach, expect, test, vi } from 'vitest'
import { createCircuit } from './circuit.ts'
import { passOn } from './proxy.ts'

const servers: Server[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

async function serve(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A service that begins to answer with the first byte and says at the end how many there were. */
async function openUpload(answerTimeoutMs: number) {
  let bytes = 0
  const service = await serve(
    createServer((upload, answer) => {
      upload.on('data', (chunk: Buffer) => {
        if (bytes === 0) answer.write('begun ')
        bytes += chunk.length
      })
      upload.on('end', () => answer.end(`${bytes}`))
    }),
  )
  const pool = new Pool(service)
  const circuit = createCircuit('test', () => 0)
  const door = await serve(
    createServer((upload, response) =>
      passOn(
        { pool, circuit, request: upload, response, traceId: '' },
        { headers: {}, bodyLimitBytes: 1_000, answerTimeoutMs, isUpload: true },
      ),
    ),
  )
  const sent = request(door, { method: 'PUT' })
  sent.on('error', () => {})
  sent.write('x')
  const [answer] = await once(sent, 'response')
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const ended = new Promise<string>((resolve) => {
    answer.on('end', () => resolve(text)).on('error', () => resolve('cut off'))
  })
  return { sent, ended, arrived: () => bytes }
}

test('the answer to an upload may wait for as long as the upload goes on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { sent, ended, arrived } = await openUpload(10_000)
  for (let at = 2; at <= 6; at++) {
    await vi.advanceTimersByTimeAsync(6_000)
    sent.write('x')
    while (arrived() < at) await new Promise(setImmediate)
  }
  sent.end()
  expect(await ended).toBe('begun 6')
})

test('an upload of which neither side goes on is cut off', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { ended } = await openUpload(10_000)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(await ended).toBe('cut off')
})
