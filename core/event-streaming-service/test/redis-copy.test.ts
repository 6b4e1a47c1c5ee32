import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CopiedEvent,
  type CopyWriter,
  openTransport,
  type Transport,
  type Watermark,
} from '@prognetwork/event-based-service-client'
import {
  findProgram,
  type ServerProcess,
  startRedis,
} from '@prognetwork/shared-infrastructure/servers'
import { freePort } from '@prognetwork/testing'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { redisMissing } from './broker-under-test.ts'
import { eventsFrom } from './copied-events.ts'

const topics = ['maker-service']
let directory: string
let server: ServerProcess
let redis: Redis
let transports: Transport[] = []

const isHere = findProgram('redis-server') !== undefined
beforeAll(async () => {
  if (!isHere) return
  directory = await mkdtemp(join(tmpdir(), 'redis-'))
  server = await startRedis({ directory, port: await freePort() })
  redis = new Redis(server.port)
})
beforeEach((context) => {
  if (!isHere) context.skip(redisMissing)
})
afterEach(async () => {
  await Promise.all(transports.map((one) => one.close()))
  transports = []
})
afterAll(async () => {
  redis?.disconnect()
  await server?.stop()
  if (directory) await rm(directory, { recursive: true })
})

async function openWriter(prefix: string, keptEvents = 1_000): Promise<CopyWriter> {
  const url = `redis://127.0.0.1:${server.port}`
  const wakeUps = { onMoved: () => () => {} }
  const transport = await openTransport(
    { kind: 'redis', url, prefix, keptEvents },
    { wakeUps, topics },
  )
  transports.push(transport)
  const writer = transport.openWriter?.()
  if (!writer) throw new Error('a broker has a writer')
  return writer
}

async function begin(writer: CopyWriter, after: number): Promise<Watermark> {
  await writer.begin({ incarnation: 'i', after, former: await writer.watermark() })
  const watermark = await writer.watermark()
  if (!watermark) throw new Error('a copy was begun')
  return watermark
}

test('a copy keeps about as many events as it may, and its floor says so before they go', async () => {
  const writer = await openWriter('trim')
  let watermark = await begin(writer, 0)
  for (let first = 1; first <= 10_000; first += 500)
    watermark = (await writer.append(watermark, eventsFrom(first, 500))) ?? watermark
  expect(watermark.published).toBe(10_000)
  expect(watermark.floor).toBeGreaterThanOrEqual(8_900)
  expect(await writer.watermark()).toEqual(watermark)
  const streams = await redis.keys('{trim}:log:*')
  const firsts = await Promise.all(streams.map((key) => redis.xrange(key, '-', '+', 'COUNT', 1)))
  const held = await Promise.all(streams.map((key) => redis.xlen(key)))
  const total = held.reduce((sum, one) => sum + one, 0)
  expect(total).toBeLessThan(10_000)
  expect(total).toBeGreaterThanOrEqual(10_000 - watermark.floor)
  for (const [entry] of firsts)
    expect(Number.parseInt(entry?.[0] ?? '', 10)).toBeLessThanOrEqual(watermark.floor + 64)
})

test('what is left out raises the floor, and nothing below it is kept for long', async () => {
  const writer = await openWriter('leave')
  let watermark = await begin(writer, 0)
  for (let first = 1; first <= 9_000; first += 1_000) {
    watermark = (await writer.append(watermark, eventsFrom(first, 999))) ?? watermark
    const [large] = eventsFrom(first + 999, 1)
    watermark = (large && (await writer.leaveOut(watermark, large))) ?? watermark
  }
  expect(watermark).toEqual({ incarnation: 'i', floor: 9_000, published: 9_000 })
  expect(await writer.watermark()).toEqual(watermark)
  const streams = await redis.keys('{leave}:log:*')
  const held = await Promise.all(streams.map((key) => redis.xlen(key)))
  expect(held.reduce((sum, one) => sum + one, 0)).toBeLessThan(2_000)
})

test('a lot that Redis does not take is told from a failure, and less may be added after it', async () => {
  const writer = await openWriter('large')
  const watermark = await begin(writer, 0)
  const [first] = eventsFrom(1, 1)
  await redis.config('SET', 'proto-max-bulk-len', 2 ** 20)
  try {
    const large = { ...first, data: 'x'.repeat(2 ** 20 + 1) } as CopiedEvent
    await expect(writer.append(watermark, [large])).rejects.toThrow('proto-max-bulk-len')
    expect(await writer.append(watermark, eventsFrom(1, 1))).toMatchObject({ published: 1 })
  } finally {
    await redis.config('SET', 'proto-max-bulk-len', 512 * 2 ** 20)
  }
})

test('of two writers at the same place one is told that the other was faster', async () => {
  const [one, other] = [await openWriter('two'), await openWriter('two')]
  const watermark = await begin(one, 0)
  const appended = await Promise.all([
    one.append(watermark, eventsFrom(1, 10)),
    other.append(watermark, eventsFrom(1, 7)),
  ])
  expect(appended.filter((one) => one !== undefined)).toHaveLength(1)
  expect(await one.watermark()).toEqual(appended.find((one) => one !== undefined))
})

test('a copy that another writer has begun meanwhile is left as it is', async () => {
  const writer = await openWriter('begin')
  const first = await begin(writer, 5)
  const next = await writer.append(first, eventsFrom(6, 3))
  await writer.begin({ incarnation: 'i', after: 8, former: first })
  expect(await writer.watermark()).toEqual(next)
  await writer.begin({ incarnation: 'j', after: 2, former: next })
  expect(await writer.watermark()).toEqual({ incarnation: 'j', floor: 2, published: 2 })
  expect(await redis.keys('{begin}:log:*')).toEqual([])
})

test('a Redis that evicts keys is not written to', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  try {
    const writer = await openWriter('evict')
    await expect(writer.watermark()).rejects.toThrow('maxmemory-policy allkeys-lru; use noeviction')
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
  }
})
