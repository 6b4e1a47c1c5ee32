// Kafka as its client alone uses it: the same events as the same records in as many partitions.
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  type MessageToProduce,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import type { CopiedEvent } from '@prognetwork/event-based-service-client'
import { partitionCount } from '@prognetwork/event-based-service-client'
import { lotsOf } from './lots.ts'

const topic = 'alone'

const client = (port: number) => ({
  clientId: topic,
  bootstrapBrokers: [`127.0.0.1:${port}`],
})

export async function writeWithKafka(
  port: number,
  events: readonly CopiedEvent[],
): Promise<number> {
  const admin = new Admin(client(port))
  if (!(await admin.listTopics()).includes(topic))
    await admin.createTopics({ topics: [topic], partitions: partitionCount, replicas: 1 })
  await admin.close()
  const producer = new Producer({
    ...client(port),
    serializers: stringSerializers,
    idempotent: true,
    acks: -1,
  })
  // The first message finds the topic and its leaders.
  await producer.send({ messages: [{ topic, partition: 0, key: '', value: '' }] })
  const startedMs = performance.now()
  for (const lot of lotsOf(events)) await producer.send({ messages: lot.map(toMessage) })
  const rate = events.length / ((performance.now() - startedMs) / 1_000)
  await producer.close()
  return rate
}

function toMessage(event: CopiedEvent): MessageToProduce<string, string, string, string> {
  const { data, partition, tenantId, key, ...attributes } = event
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])
  return {
    ...{ topic, partition, key: `${tenantId}/${key}`, value: data },
    headers: { ...Object.fromEntries(headers), ce_tenantid: tenantId, ce_subject: key },
  }
}

export async function readWithKafka(port: number, events: readonly CopiedEvent[]): Promise<number> {
  const consumer = new Consumer({
    ...client(port),
    groupId: topic,
    deserializers: stringDeserializers,
    maxWaitTime: 50,
  })
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST })
  let count = 0
  const startedMs = performance.now()
  for await (const { value } of stream) {
    if (value !== '') count += 1
    if (count === events.length) break
  }
  const rate = count / ((performance.now() - startedMs) / 1_000)
  await stream.close()
  await consumer.close(true)
  return rate
}
