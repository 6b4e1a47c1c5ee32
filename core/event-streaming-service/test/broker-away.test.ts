// A real minute, of all brokers at once: what a minute brings that a moment does not are the longest
// pauses between tries, timeouts of connections, and leases that run out many times.
import { findProgram, hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { describe, test } from 'vitest'
import { beOutOfReach } from './broker-conformance.ts'
import {
  kafkaMissing,
  redisMissing,
  startKafkaBroker,
  startRedisBroker,
} from './broker-under-test.ts'
import { startSetting } from './transport-setting.ts'

const minuteMs = 60_000

const brokers = [
  ['Redis', startRedisBroker, findProgram('redis-server') ? undefined : redisMissing],
  ['Kafka', startKafkaBroker, hasKafka() ? undefined : kafkaMissing],
] as const

describe.concurrent('a broker that is away', () => {
  test.for(brokers)(
    '%s may be out of reach for a minute: events come late, and nothing else happens',
    { timeout: 3 * minuteMs },
    async ([, startBroker, missing], context) => {
      if (missing) context.skip(missing)
      const broker = await startBroker()
      const { setting, stop } = await startSetting(broker)
      await beOutOfReach(setting, minuteMs)
      await stop()
      await broker.stop()
    },
  )
})
