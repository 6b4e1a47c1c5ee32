import { probePooling } from '@prognetwork/shared-infrastructure/host'
import {
  endProcess,
  findSystemServers,
  runProg,
  type SystemDatabase,
  startProg,
  startSystemDatabase,
  systemServersMissing,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'

const { admin } = inject('cluster')

test('a connection without a pooler is known as one', async () => {
  expect(await probePooling(admin)).toBe('none')
})

describe('behind a PgBouncer that shares connections by transaction', () => {
  let database: SystemDatabase

  beforeAll(async () => {
    if (findSystemServers()) database = await startSystemDatabase({ pooled: true })
  })
  beforeEach((context) => {
    if (!findSystemServers()) context.skip(systemServersMissing)
  })
  afterAll(() => database?.stop())

  const pooledOnly = () => {
    const { DATABASE_DIRECT_URL: _, ...env } = database.env
    return env
  }

  test.each(['up', 'bootstrap', 'migrate'])(
    'prog %s refuses to work without a way past it',
    async (command) => {
      const { code, stderr } = await runProg([command], pooledOnly())
      expect([code, stderr]).toEqual([
        1,
        'DATABASE_URL leads through a connection pooler; DATABASE_DIRECT_URL must name the same database past it\n',
      ])
    },
  )

  test('a direct address that is none is refused', async () => {
    const { code, stderr } = await runProg(['up'], {
      ...database.env,
      DATABASE_DIRECT_URL: database.env.DATABASE_URL,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('DATABASE_DIRECT_URL must name the database past the pooler')
  })

  test('a start sends statements as the pooler takes them, and as the operator says', async () => {
    const unnamed = 'keeps no named statements; they are sent unnamed'
    const probed = await startProg(['up'], database.env)
    await endProcess(probed, 'SIGTERM')
    expect(probed.output.join('')).toContain(unnamed)
    const told = await startProg(['up'], { ...database.env, PREPARED_STATEMENTS: 'false' })
    await endProcess(told, 'SIGTERM')
    expect(told.output.join('')).not.toContain(unnamed)
  })
})
