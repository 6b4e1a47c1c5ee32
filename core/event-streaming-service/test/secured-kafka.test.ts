import { createKafkaCopy } from '@prognetwork/event-based-service-client/kafka'
import { hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { kafkaMissing } from './broker-under-test.ts'
import { newTenant } from './event-platform.ts'
import {
  type Mechanism,
  opensslMissing,
  type SecuredBroker,
  startSecuredKafka,
} from './secured-broker.ts'
import { securedConformance } from './secured-conformance.ts'
import { nameAskedFor } from './tls-names.ts'
import { expectOnceInOrder, someThings, startSetting } from './transport-setting.ts'

describe('Kafka with SASL and TLS', () => {
  const missing = hasKafka() ? opensslMissing : kafkaMissing
  let mechanism: Mechanism = 'PLAIN'
  let broker: SecuredBroker
  beforeAll(async () => {
    if (!missing) broker = await startSecuredKafka(() => mechanism)
  })
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })
  afterAll(() => broker?.stop())
  securedConformance(() => broker, {
    ofPassword: 'KAFKA_PASSWORD',
    ofCertificate: 'KAFKA_CA_FILE',
  })

  test('SCRAM does as well, where the password itself is not sent', async () => {
    mechanism = 'SCRAM-SHA-512'
    const salted = await startSetting(broker)
    const things = someThings(10)
    await salted.setting.join('one')
    await salted.setting.make(newTenant(), things, [1, 2, 3])
    await expectOnceInOrder(salted.setting, things, 3)
    await salted.stop()
  })

  test('a broker is told by which name it is looked for', async () => {
    const name = await nameAskedFor(async (port) => {
      const brokers = [`localhost:${port}`]
      const copy = createKafkaCopy({ brokers, prefix: 'named', tls: {} }, ['maker-service'])
      const writer = copy.openWriter()
      await writer.watermark().catch(() => {})
      await writer.close()
      await copy.close()
    })
    expect(name).toBe('localhost')
  })
})
