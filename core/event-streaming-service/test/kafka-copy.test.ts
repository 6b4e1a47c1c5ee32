import { randomUUID } from 'node:crypto'
import { Admin, Producer, stringSerializers } from '@platformatic/kafka'
import {
  type Copy,
  type CopyWriter,
  partitionCount,
  type Watermark,
} from '@prognetwork/event-based-service-client'
import { createKafkaCopy } from '@prognetwork/event-based-service-client/kafka'
import { hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Broker, kafkaMissing, startKafkaBroker } from './broker-under-test.ts'
import { eventsFrom } from './copied-events.ts'
import { eventually } from './event-platform.ts'

const topics = ['maker-service']
let broker: Broker
let address: string
let prefix: string
let opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  if (!hasKafka()) return
  broker = await startKafkaBroker()
  const settings = broker.settings('any')
  if (settings.kind !== 'kafka') throw new Error('it is no Kafka')
  address = settings.brokers[0] ?? ''
})
beforeEach((context) => {
  if (!hasKafka()) context.skip(kafkaMissing)
  prefix = `t${randomUUID()}`
})
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  opened = []
})
afterAll(() => broker?.stop())

function open<One extends { close(): Promise<void> }>(one: One): One {
  opened.push(one)
  return one
}
const openCopy = () => open(createKafkaCopy({ brokers: [address], prefix }, topics))
const openWriter = () => open(openCopy().openWriter())
const client = () => ({ clientId: 'test', bootstrapBrokers: [address] })

async function begin(writer: CopyWriter, after: number): Promise<Watermark> {
  await writer.begin({ incarnation: 'i', after, former: await writer.watermark() })
  const watermark = await writer.watermark()
  if (!watermark) throw new Error('a copy was begun')
  return watermark
}

async function appendAll(writer: CopyWriter, first: number, last: number, lot = 100) {
  let watermark = await writer.watermark()
  for (let from = first; watermark && from <= last; from += lot)
    watermark = await writer.append(watermark, eventsFrom(from, Math.min(lot, last - from + 1)))
  return watermark
}

/** Every position that a group reads which begins after `after` everywhere. */
async function readAfter(copy: Copy, after: number, most = 50) {
  const reading = copy.openReading()
  const reached = new Map(Array.from({ length: partitionCount }, (_, n) => [n, after]))
  const positions: number[] = []
  const floors = new Map<number, number>()
  const end = await eventually(async () => (await copy.watermark())?.published)
  for (let reads = 0; [...reached.values()].some((one) => one < end); reads++) {
    if (reads > 500) throw new Error('reading does not come to an end')
    const page = await reading.read({ topics, after: reached, most })
    for (const [partition, floor] of page.floors) floors.set(partition, floor)
    for (const event of page.events) positions.push(event.position)
    for (const partition of reached.keys())
      reached.set(partition, page.floors.get(partition) ?? page.reached(partition))
  }
  return { positions: positions.toSorted((one, other) => one - other), floors }
}

const positionsFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n)

test('a group that begins anywhere finds exactly what comes after', async () => {
  const writer = openWriter()
  await begin(writer, 0)
  await appendAll(writer, 1, 3_000)
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 3_000)
  for (const after of [0, 1, 63, 64, 1_499, 2_998, 3_000])
    expect((await readAfter(copy, after)).positions).toEqual(positionsFrom(after + 1, 3_000))
})

test('what was copied twice, by a writer that came back to an older watermark, is read once', async () => {
  const writer = openWriter()
  const first = await begin(writer, 0)
  const half = await appendAll(writer, 1, 400)
  await appendAll(writer, 401, 1_000)
  const written = await writer.watermark()
  // As if the writer had ended before it could write the later watermarks.
  const producer = open(new Producer({ ...client(), serializers: stringSerializers }))
  const value = JSON.stringify({ ...written, ...half })
  await producer.send({
    messages: [{ topic: `${prefix}.watermark`, partition: 0, key: 'watermark', value }],
  })
  const next = openWriter()
  expect(await next.watermark()).toMatchObject({ ...first, published: 400 })
  await appendAll(next, 401, 1_200, 70)
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 1_200)
  for (const after of [0, 399, 400, 700, 999, 1_000, 1_100])
    expect((await readAfter(copy, after)).positions).toEqual(positionsFrom(after + 1, 1_200))
})

test('a writer that another one has followed can write nothing more', async () => {
  const one = openWriter()
  const watermark = await begin(one, 0)
  const other = openWriter()
  const seen = await other.watermark()
  if (!seen) throw new Error('the copy is there')
  expect(await one.append(watermark, eventsFrom(1, 10))).toBeUndefined()
  expect(await other.append(seen, eventsFrom(1, 5))).toMatchObject({ published: 5 })
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 5)
  expect((await readAfter(copy, 0)).positions).toEqual([1, 2, 3, 4, 5])
})

test('a copy that begins anew in the same topics is read without what stood there before', async () => {
  const writer = openWriter()
  await begin(writer, 0)
  await appendAll(writer, 1, 500)
  const former = await writer.watermark()
  await writer.begin({ incarnation: 'j', after: 100, former })
  await appendAll(writer, 101, 300)
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.incarnation === 'j')
  await eventually(async () => (await copy.watermark())?.published === 300)
  expect((await readAfter(copy, 100)).positions).toEqual(positionsFrom(101, 300))
  expect((await readAfter(copy, 222)).positions).toEqual(positionsFrom(223, 300))
})

test('a partition whose beginning Kafka has deleted says from where on it is whole', async () => {
  const writer = openWriter()
  await begin(writer, 0)
  await appendAll(writer, 1, 640)
  const admin = open(new Admin(client()))
  const topic = `${prefix}.maker-service`
  await admin.deleteRecords({
    topics: [
      {
        name: topic,
        partitions: [
          { partition: 7, offset: 5n },
          { partition: 8, offset: -1n },
        ],
      },
    ],
  })
  await writer.append((await writer.watermark()) as Watermark, eventsFrom(641, 64))
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 704)
  const { positions, floors } = await readAfter(copy, 0)
  expect([...floors.keys()].toSorted()).toEqual([7, 8])
  for (const [partition, floor] of floors) {
    const kept = positions.filter((one) => one % partitionCount === partition)
    expect(kept).toEqual(
      positionsFrom(1, 704).filter((one) => one % partitionCount === partition && one > floor),
    )
  }
})

test('a copy of which a topic was deleted is none any more', async () => {
  const writer = openWriter()
  await begin(writer, 0)
  await appendAll(writer, 1, 100)
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 100)
  const admin = open(new Admin(client()))
  await admin.deleteTopics({ topics: [`${prefix}.maker-service`] })
  // A broker hears of it a moment after it is said to be done.
  let next = openWriter()
  await eventually(async () => {
    next = openWriter()
    return (await next.watermark()) === undefined
  })
  await expect(readAfter(copy, 0)).rejects.toThrow('the copy of the events of maker-service')
  await begin(next, 150)
  await appendAll(next, 151, 200)
  await eventually(async () => (await copy.watermark())?.published === 200)
  expect((await readAfter(copy, 150)).positions).toEqual(positionsFrom(151, 200))
})

test('what Kafka does not take is left out, and what was tried with it is read once', async () => {
  const writer = openWriter()
  const watermark = await begin(writer, 0)
  const events = eventsFrom(1, 200)
  const lot = events.map((event) =>
    event.position === 100 ? { ...event, data: 'x'.repeat(17 * 2 ** 20) } : event,
  )
  await expect(writer.append(watermark, lot)).rejects.toThrow('max.message.bytes')
  const before = await writer.append(watermark, lot.slice(0, 99))
  const past = before && lot[99] && (await writer.leaveOut(before, lot[99]))
  expect(past).toMatchObject({ floor: 100, published: 100 })
  await writer.append(past as Watermark, lot.slice(100))
  const copy = openCopy()
  await eventually(async () => (await copy.watermark())?.published === 200)
  expect(await copy.watermark()).toMatchObject({ floor: 100 })
  expect((await readAfter(copy, 100)).positions).toEqual(positionsFrom(101, 200))
})
