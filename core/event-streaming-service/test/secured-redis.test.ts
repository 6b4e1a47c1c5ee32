import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { redisMissing } from './broker-under-test.ts'
import { opensslMissing, type SecuredBroker, startSecuredRedis } from './secured-broker.ts'
import { securedConformance } from './secured-conformance.ts'

describe('Redis with a password and TLS', () => {
  const missing = findProgram('redis-server') ? opensslMissing : redisMissing
  let broker: SecuredBroker
  beforeAll(async () => {
    if (!missing) broker = await startSecuredRedis()
  })
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })
  afterAll(() => broker?.stop())
  securedConformance(() => broker, { ofPassword: 'REDIS_URL', ofCertificate: 'REDIS_CA_FILE' })
})
