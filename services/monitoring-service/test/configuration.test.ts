import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { startTestPlatform, type TestPerson, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { listConfiguration } = monitoringContract.operations
const hidden = 'hunter2'

describe('the configuration', () => {
  let platform: TestPlatform
  let operator: TestPerson
  beforeAll(async () => {
    platform = await startTestPlatform({
      environment: {
        LOG_LEVEL: 'warn',
        DATABASE_URL: `postgres://admin:${hidden}@db.example/platform`,
        KAFKA_PASSWORD: hidden,
        // No secret by its declaration, but it holds the password of another service.
        MONITORING_SERVICE_OTLP_URL: `https://me:${hidden}@telemetry.example`,
      },
    })
    operator = await platform.operator()
  })
  afterAll(() => platform?.stop())

  const list = async (words?: string) => {
    const { body } = await operator.call(listConfiguration, { query: words ? { words } : {} })
    return body.items
  }

  test('is told by key, with what it is for, what it is, and where that comes from', async () => {
    const [level] = await list('LOG_LEVEL')
    expect(level).toEqual({
      ...{ key: 'LOG_LEVEL', owner: 'platform', kind: 'one of debug, info, warn, error' },
      description: 'The least severe log lines that are written',
      ...{ value: 'warn', isSet: true, isSecret: false, isReloadable: true },
      origin: 'environment',
    })
    const [port] = await list('monitoring_service_port')
    expect(port).toMatchObject({ value: '3004', origin: 'default', owner: 'monitoring-service' })
  })

  test('is found by words of a description, and a service has all of its keys', async () => {
    expect((await list('LEAST severe')).map(({ key }) => key)).toEqual(['LOG_LEVEL'])
    expect((await list('monitoring-service')).length).toBeGreaterThan(5)
    expect(await list('nothing is like this')).toEqual([])
  })

  test('never tells a secret, only whether there is one', async () => {
    const items = await list()
    expect(JSON.stringify(items)).not.toContain(hidden)
    const byKey = new Map(items.map((one) => [one.key, one]))
    expect(byKey.get('KAFKA_PASSWORD')).toMatchObject({
      ...{ value: null, isSet: true, isSecret: true, origin: 'environment' },
    })
    expect(byKey.get('REDIS_URL')).toMatchObject({ value: null, isSet: false, isSecret: true })
  })

  test('is for operators alone', async () => {
    const { staff } = await platform.shop()
    expect((await staff.call(listConfiguration, { query: {} })).status).toBe(403)
    expect((await platform.anonymous.call(listConfiguration, { query: {} })).status).toBe(401)
  })
})
