import { hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest'
import { kafkaMissing } from './broker-under-test.ts'
import { newTenant } from './event-platform.ts'
import {
  type Mechanism,
  opensslMissing,
  type SecuredBroker,
  startSecuredKafka,
} from './secured-broker.ts'
import { securedConformance } from './secured-conformance.ts'
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
})
