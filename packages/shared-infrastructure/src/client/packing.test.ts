import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packingFor } from './packing.ts'

const text = '<p>What a shop sells, again and again.</p>'.repeat(2_000)
let server: Server
let origin: string

beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    response.setHeader('content-type', incoming.url === '/picture' ? 'image/webp' : 'text/html')
    response.setHeader('content-length', text.length)
    const packing = packingFor(incoming, response)
    await pipeline([Readable.from([text]), ...(packing ? [packing] : []), response])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

async function get(path: string, acceptEncoding?: string, method: 'GET' | 'POST' = 'GET') {
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }
  const answer = await request(`${origin}${path}`, { method, headers })
  const body = Buffer.from(await answer.body.arrayBuffer())
  return { encoding: answer.headers['content-encoding'], vary: answer.headers.vary, body }
}

describe('a page', () => {
  it('is packed as the browser takes it, with Brotli where it can be chosen', async () => {
    const best = await get('/', 'gzip, deflate, br, zstd')
    expect(best.encoding).toBe('br')
    expect(brotliDecompressSync(best.body).toString()).toBe(text)
    const gzip = await get('/', 'gzip')
    expect(gzip.encoding).toBe('gzip')
    expect(gunzipSync(gzip.body).toString()).toBe(text)
  })

  it('is sent as it is to whoever takes nothing else, and says that this differs', async () => {
    expect((await get('/', 'br;q=0, gzip;q=0.0')).encoding).toBeUndefined()
    const plain = await get('/')
    expect(plain.encoding).toBeUndefined()
    expect(plain.body.toString()).toBe(text)
    expect(plain.vary).toBe('Accept-Encoding')
  })
})

it('what answers a form is not packed: its length would tell of what is in it', async () => {
  expect((await get('/', 'br', 'POST')).encoding).toBeUndefined()
})

it('what is packed already is left alone', async () => {
  const picture = await get('/picture', 'br')
  expect(picture.encoding).toBeUndefined()
  expect(picture.vary).toBeUndefined()
})
