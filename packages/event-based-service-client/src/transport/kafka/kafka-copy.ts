// The copy as Kafka topics: one for each service that publishes, with the partitions of the log.
import { logName } from '../../log-source.ts'
import type { Copy } from '../copy.ts'
import { KafkaCluster } from './kafka-cluster.ts'
import { KafkaReading } from './kafka-reading.ts'
import { type KafkaSettings, kafkaNames } from './kafka-settings.ts'
import { WatermarkTail } from './kafka-watermark.ts'
import { KafkaWriter } from './kafka-writer.ts'

/** `services` are those whose events are copied. */
export function createKafkaCopy(settings: KafkaSettings, services: readonly string[]): Copy {
  const names = kafkaNames(settings.prefix)
  const cluster = new KafkaCluster(settings)
  const tail = new WatermarkTail(settings)
  return {
    watermark: () => tail.current(),
    openReading: () => new KafkaReading(cluster, tail, names),
    follow(listener) {
      tail.onWatermark(({ published, types }) =>
        listener({ log: logName, to: published, ...(types && { types }) }),
      )
    },
    openWriter: () => new KafkaWriter(settings, services),
    async close() {
      await Promise.all([tail.close(), cluster.close()])
    },
  }
}
