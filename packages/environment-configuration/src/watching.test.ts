import { renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createFolder, writeInto } from '../test/folder.ts'
import { reloadable, secret } from './declaration.ts'
import type { Values } from './reading.ts'
import { loadSources } from './sources.ts'
import { type Reload, watchConfiguration } from './watching.ts'

const declaration = {
  owner: 'order-service',
  schema: z
    .object({
      minutes: reloadable(z.coerce.number().int()).default(15),
      most: z.coerce.number().int().default(60),
      key: reloadable(secret(z.string())).optional(),
    })
    .refine(({ minutes, most }) => minutes <= most, 'minutes must not be above most'),
}

function start(files: Record<string, string>, env: Record<string, string> = {}) {
  const directory = createFolder(files)
  const changes: [string, Values][] = []
  const reloads: Reload[] = []
  const options = { directory, environment: 'trial', env }
  const watching = watchConfiguration({
    ...options,
    sources: loadSources(options),
    declarations: [declaration],
    debounceMs: 20,
    onChange: (owner, changed) => changes.push([owner, changed]),
    onReload: (reload) => reloads.push(reload),
  })
  onTestFinished(() => watching.close())
  const values = () => watching.current().get('order-service')
  return { directory, watching, values, changes, reloads }
}

test('a changed file swaps the reloadable keys and tells their new values', async () => {
  const { directory, values, changes, watching } = start({ '.env': 'ORDER_SERVICE_MINUTES=5' })
  const before = values()
  writeInto(directory, '.env', 'ORDER_SERVICE_MINUTES=7')
  await vi.waitFor(() => expect(changes).toEqual([['order-service', { minutes: 7 }]]), 5_000)
  expect(values()).toEqual({ minutes: 7, most: 60 })
  expect(before).toEqual({ minutes: 5, most: 60 })
  expect(watching.entries()).toContainEqual({
    ...{ key: 'ORDER_SERVICE_MINUTES', owner: 'order-service', value: '7', origin: '.env:1' },
  })
})

test('a file that is moved into place is noticed', async () => {
  const { directory, changes } = start({ 'config/trial.json': '{}' })
  writeInto(directory, 'config/next', '{ "order-service": { "minutes": 9 } }')
  renameSync(join(directory, 'config/next'), join(directory, 'config/trial.json'))
  await vi.waitFor(() => expect(changes).toEqual([['order-service', { minutes: 9 }]]), 5_000)
})

test('a secret delivered anew through the ..data link of a mounted folder is noticed', async () => {
  const files = { 'run/first/key': 'one', 'run/second/key': 'two' }
  const directory = createFolder(files)
  symlinkSync('first', join(directory, 'run/..data'))
  symlinkSync('..data/key', join(directory, 'run/key'))
  const env = { ORDER_SERVICE_KEY_FILE: join(directory, 'run/key') }
  const changes: Values[] = []
  const options = { directory, environment: 'trial', env }
  const sources = loadSources(options)
  expect(sources.lookup('ORDER_SERVICE_KEY')).toMatchObject({ value: 'one' })
  const watching = watchConfiguration({
    ...options,
    sources,
    declarations: [declaration],
    debounceMs: 20,
    onChange: (_, changed) => changes.push(changed),
    onReload: () => {},
  })
  onTestFinished(() => watching.close())
  symlinkSync('second', join(directory, 'run/..new'))
  renameSync(join(directory, 'run/..new'), join(directory, 'run/..data'))
  await vi.waitFor(() => expect(changes).toEqual([{ key: 'two' }]), 5_000)
})

test('SIGHUP reads again', async () => {
  const { directory, watching, reloads } = start({})
  writeInto(directory, 'config/trial.json', '{ "ORDER_SERVICE_MINUTES": 3 }')
  expect(reloads).toEqual([])
  process.kill(process.pid, 'SIGHUP')
  await vi.waitFor(() => expect(reloads).toHaveLength(1), 5_000)
  expect(reloads[0]?.changed).toEqual(['ORDER_SERVICE_MINUTES'])
  watching.close()
})

test('an invalid value changes nothing and is reported', () => {
  const { directory, watching, values, changes } = start({ '.env': 'ORDER_SERVICE_MINUTES=5' })
  writeInto(directory, '.env', 'ORDER_SERVICE_MINUTES=soon')
  expect(watching.reload()).toMatchObject({
    errors: [{ key: 'ORDER_SERVICE_MINUTES', origin: '.env:1' }],
    changed: [],
  })
  expect(values()).toMatchObject({ minutes: 5 })
  expect(changes).toEqual([])
})

test('a key that is not reloadable keeps its value and asks for a restart, each time', () => {
  const { directory, watching, values } = start({})
  writeInto(directory, '.env', 'ORDER_SERVICE_MOST=90\nORDER_SERVICE_MINUTES=20')
  expect(watching.reload()).toEqual({
    errors: [],
    changed: ['ORDER_SERVICE_MINUTES'],
    needRestart: ['ORDER_SERVICE_MOST'],
  })
  expect(values()).toEqual({ minutes: 20, most: 60 })
  expect(watching.reload()).toMatchObject({ changed: [], needRestart: ['ORDER_SERVICE_MOST'] })
})

test('a new value is judged together with the old ones that stay', () => {
  const { directory, watching, values } = start({})
  writeInto(directory, '.env', 'ORDER_SERVICE_MOST=90\nORDER_SERVICE_MINUTES=80')
  expect(watching.reload()).toMatchObject({
    errors: [{ expected: /must not be above/ }],
    changed: [],
  })
  expect(values()).toEqual({ minutes: 15, most: 60 })
})

test('a reload that finds nothing new is silent', () => {
  const { watching, reloads } = start({ '.env': 'ORDER_SERVICE_MINUTES=5' })
  expect(watching.reload()).toEqual({ errors: [], changed: [], needRestart: [] })
  expect(reloads).toEqual([])
})
