import { randomUUID } from 'node:crypto'
import { platformTenantId } from '@prognetwork/contracts'
import { createTestDatabase, startCluster } from '@prognetwork/testing'
import type pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { contextOf } from '../../test/context.ts'
import { serviceConnections } from '../host/installation.ts'
import { createRealTime } from '../service/time.ts'
import { createAudit } from './audit.ts'
import { sealAudit, verifyAudit } from './audit-seal.ts'
import { connectDirectly, createConnections } from './connections.ts'
import { createDatabase, type DatabaseInternals } from './database.ts'
import { createPlatformDoor, type PlatformDoor } from './platform-door.ts'

// The sealer looks behind the horizon of the whole server, which other tests hold back.
let admin: pg.Client
let database: DatabaseInternals
let platformDatabase: DatabaseInternals
let platform: PlatformDoor
let stop: () => Promise<void>

const audit = createAudit(createRealTime(() => Date.now()))
const system = contextOf(platformTenantId)

beforeAll(async () => {
  const { cluster, stop: stopCluster } = await startCluster(inject('cluster').server)
  const { name } = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: name }
  admin = await connectDirectly(settings)
  const connections = serviceConnections(settings, cluster.passwords)('user-service')
  const open = (connection: typeof connections.service) =>
    createDatabase({
      service: 'user-service',
      named: true,
      connections: createConnections(connection, { max: 4, waitMs: 2_000 }),
    })
  database = open(connections.service)
  platformDatabase = open(connections.platform)
  platform = createPlatformDoor({
    database: platformDatabase,
    audit,
    onUse: () => {},
    systemContext: contextOf,
  })
  stop = async () => {
    await database.close()
    await platformDatabase.close()
    await admin.end()
    await stopCluster()
  }
})
afterAll(() => stop?.())

const write = (tenantId: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      database.batch(contextOf(tenantId), [
        audit(contextOf(tenantId), { action: `thing.${index}`, outcome: 'success' }),
      ]),
    ),
  )
const verify = (tenantId: string) => database.transaction(contextOf(tenantId), verifyAudit)

test('every row is chained once, tenant by tenant, whoever seals', async () => {
  const tenants = [randomUUID(), randomUUID()]
  for (const tenantId of tenants) await write(tenantId, 30)
  await Promise.allSettled([sealAudit(platform, system), sealAudit(platform, system)])
  await sealAudit(platform, system)
  for (const tenantId of tenants) {
    await write(tenantId, 5)
    await sealAudit(platform, system)
    expect(await verify(tenantId)).toEqual({ intact: true, position: 35 })
  }
})

test('a changed row, a removed row and a removed link are found where they are', async () => {
  const spoil: readonly [string, (tenantId: string) => Promise<unknown>][] = [
    [
      'changed',
      (tenantId) =>
        admin.query(
          `update user_service.audit set outcome = 'failure' where id =
             (select audit_id from user_service.audit_seal where tenant_id = $1 and position = 4)`,
          [tenantId],
        ),
    ],
    [
      'removed',
      (tenantId) =>
        admin.query(
          `delete from user_service.audit where id =
             (select audit_id from user_service.audit_seal where tenant_id = $1 and position = 4)`,
          [tenantId],
        ),
    ],
    [
      'unlinked',
      (tenantId) =>
        admin.query('delete from user_service.audit_seal where tenant_id = $1 and position = 4', [
          tenantId,
        ]),
    ],
  ]
  for (const [, change] of spoil) {
    const tenantId = randomUUID()
    await write(tenantId, 8)
    await sealAudit(platform, system)
    await change(tenantId)
    expect(await verify(tenantId)).toEqual({ intact: false, position: 4 })
  }
})

test('a row of an open transaction is not passed over: it is chained when it has ended', async () => {
  const tenantId = randomUUID()
  const gate = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const slow = database.transaction(contextOf(tenantId), async (tx) => {
    await tx.run(audit(contextOf(tenantId), { action: 'slow.thing', outcome: 'success' }))
    written.resolve()
    await gate.promise
  })
  await written.promise
  await write(tenantId, 3)
  await sealAudit(platform, system)
  expect(await verify(tenantId)).toEqual({ intact: true, position: 0 })
  gate.resolve()
  await slow
  await sealAudit(platform, system)
  expect(await verify(tenantId)).toEqual({ intact: true, position: 4 })
})
