// An installation is brought up to date from any version, so no migration may count on what another one
// has left in its session.
import { randomBytes } from 'node:crypto'
import {
  bootstrapDatabase,
  connectDirectly,
  migrate,
  readMigrations,
} from '@prognetwork/shared-infrastructure/host'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { services } from '../../../platform.ts'

const cluster = inject('cluster')
const stored = services.filter((one) => one.database)
const database = `upgraded_${randomBytes(6).toString('hex')}`
const connect = (name = database) => connectDirectly({ ...cluster.admin, database: name })

beforeAll(async () => {
  const first = await connect('postgres')
  await first.query(`create database ${database}`)
  await first.end()
  const admin = await connect()
  await bootstrapDatabase(
    admin,
    stored.map((one) => one.name),
    cluster.passwords,
  )
  await admin.end()
})
afterAll(async () => {
  const last = await connect('postgres')
  await last.query(`drop database if exists ${database} with (force)`)
  await last.end()
})

test.for(stored.map((one) => one.name))(
  'each migration of %s runs in a session of its own',
  { timeout: 60_000 },
  async (name) => {
    const directory = stored.find((one) => one.name === name)?.database?.migrations.pathname
    const all = await readMigrations(directory)
    for (const [index, one] of all.entries()) {
      const admin = await connect()
      const { applied } = await migrate(admin, name, all.slice(0, index + 1))
      await admin.end()
      expect(applied).toEqual([one.name])
    }
  },
)
