import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { derivedReadme } from '@prognetwork/cli/documents'
import { storingServices } from '@prognetwork/contracts/event-streaming'
import { personalFieldsOf } from '@prognetwork/event-based-service-client'
import { expect, test } from 'vitest'
import { clients, services } from '../../../platform.ts'

const root = join(import.meta.dirname, '../../..')
const all = [...services, ...clients]

test('the README says of the components what their definitions say', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe(derivedReadme(root, all))
})

test('names and ports are given once', () => {
  expect(new Set(all.map((one) => one.name)).size).toBe(all.length)
  expect(new Set(all.map((one) => one.port)).size).toBe(all.length)
})

test('every event is published by one service, and every consumed one by some', () => {
  const published = services.flatMap((one) => one.publishes.map((event) => event.type))
  expect(new Set(published).size).toBe(published.length)
  for (const service of services)
    for (const event of service.consumes) expect(published).toContain(event.type)
})

test('whoever publishes personal fields hears when a person is erased', () => {
  const publishers = services.filter((one) =>
    one.publishes.some((event) => personalFieldsOf(event).size > 0),
  )
  expect(publishers.map((one) => one.name)).toContain('product-service')
  for (const { name, publishes, consumes } of publishers) {
    const erased = [...publishes, ...consumes].map((event) => event.type)
    expect(erased, name).toContain('subject.erased')
  }
})

test('every table says what personal data it holds', async () => {
  for (const { name, database } of services) {
    const tables = database?.personalData.map((one) => one.table) ?? []
    expect(new Set(tables).size, name).toBe(tables.length)
  }
})

test('every service with tables may have a database of its own, but that of the log', () => {
  const stored = services.filter((one) => one.database).map((one) => one.name)
  expect([...storingServices, 'event-streaming-service'].sort()).toEqual(stored.sort())
})
