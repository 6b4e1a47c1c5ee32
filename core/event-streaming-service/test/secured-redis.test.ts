import { openTransport } from '@prognetwork/event-based-service-client'
import { findProgram } from '@prognetwork/shared-infrastructure/servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { redisMissing } from './broker-under-test.ts'
import { opensslMissing, type SecuredBroker, startSecuredRedis } from './secured-broker.ts'
import { securedConformance } from './secured-conformance.ts'
import { nameAskedFor } from './tls-names.ts'

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

  test('a server is told by which name it is looked for', async () => {
    const name = await nameAskedFor(async (port) => {
      const url = `rediss://localhost:${port}`
      const transport = await openTransport(
        { kind: 'redis', url, prefix: 'named', keptEvents: 1_000 },
        { wakeUps: { onMoved: () => () => {} }, topics: ['maker-service'] },
      )
      await transport
        .openWriter?.()
        .watermark()
        .catch(() => {})
      await transport.close()
    })
    expect(name).toBe('localhost')
  })
})
