// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration is filled in by the same signs
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolder } from '../test/folder.ts'
import { loadSources } from './sources.ts'

function load(files: Record<string, string>, env: Record<string, string> = {}) {
  const directory = createFolder(files)
  return { directory, sources: loadSources({ directory, environment: 'trial', env }) }
}

test('the environment wins over .env, and .env over the file of the environment', () => {
  const config = JSON.stringify({ A: 'file', B: 'file', C: 'file' })
  const { sources } = load(
    { 'config/trial.json': config, '.env': '# x\nA=dot\nB=dot\n' },
    { A: 'env' },
  )
  expect(sources.lookup('A')).toMatchObject({ value: 'env', origin: 'environment' })
  expect(sources.lookup('B')).toMatchObject({ value: 'dot', origin: '.env:3' })
  expect(sources.lookup('C')).toMatchObject({ value: 'file', origin: 'config/trial.json' })
  expect(sources.lookup('D')).toBeUndefined()
  expect(sources.errors).toEqual([])
})

test('an empty value counts as not set and hides nothing', () => {
  const { sources } = load({ '.env': 'A=dot\nB=\n' }, { A: '' })
  expect(sources.lookup('A')).toMatchObject({ value: 'dot' })
  expect(sources.lookup('B')).toBeUndefined()
})

test('the configuration file takes keys by either name and sections by service', () => {
  const content = {
    DATABASE_URL: 'one',
    eventTransport: 'redis',
    platform: { storageKey: 'k' },
    'order-service': { reservationMinutes: 5, isOpen: true, note: null },
  }
  const { sources } = load({ 'config/trial.json': JSON.stringify(content) })
  const keys = Object.fromEntries([...sources.keys.keys()].map((key) => [key, sources.lookup(key)]))
  expect(keys).toMatchObject({
    DATABASE_URL: { value: 'one' },
    EVENT_TRANSPORT: { value: 'redis' },
    STORAGE_KEY: { value: 'k' },
    ORDER_SERVICE_RESERVATION_MINUTES: { value: '5' },
    ORDER_SERVICE_IS_OPEN: { value: 'true' },
  })
  expect(keys).not.toHaveProperty('ORDER_SERVICE_NOTE')
})

test('a configuration file that is no JSON is told by its place, without its text', () => {
  const { sources } = load({ 'config/trial.json': '{ "STORAGE_KEY": hunter2 }' })
  expect(sources.errors).toMatchObject([{ key: 'config/trial.json' }])
  expect(JSON.stringify(sources.errors)).not.toContain('hunter2')
})

test('lists, and a key under both of its names, are refused in a configuration file', () => {
  const content = '{ "HOSTS": ["a"], "order-service": { "limit": 1, "ORDER_SERVICE_LIMIT": 2 } }'
  const { sources } = load({ 'config/trial.json': content })
  expect(sources.errors.map(({ key }) => key)).toEqual(['HOSTS', 'ORDER_SERVICE_LIMIT'])
})

test('lines of .env are counted through quoted values of several lines', () => {
  const text = 'export A="one\nB=not a key\ntwo"\n\nB=\'x\' # note\nC=last\nC=again\n'
  const { sources } = load({ '.env': text })
  expect(sources.lookup('A')).toMatchObject({ value: 'one\nB=not a key\ntwo', origin: '.env:1' })
  expect(sources.lookup('B')).toMatchObject({ value: 'x', origin: '.env:5' })
  expect(sources.lookup('C')).toMatchObject({ value: 'again', origin: '.env:7' })
})

test('a line of .env without an equals sign is an error with its line', () => {
  const { sources } = load({ '.env': 'A=1\nDATABASE_URL postgres://x\n' })
  expect(sources.errors).toMatchObject([{ origin: '.env:2' }])
})

test('a _FILE key gives the content of the file without its last line end, and untouched', () => {
  const { directory, sources } = load(
    { 'run/key': 'a${B}\n\n', '.env': 'KEY_FILE=run/key' },
    { B: 'x' },
  )
  const origin = `file ${join(directory, 'run/key')}`
  expect(sources.lookup('KEY')).toMatchObject({ value: 'a${B}\n', origin, isFromFile: true })
  expect(sources.files).toContain(join(directory, 'run/key'))
})

test('a key and its _FILE form together are an error that names both origins', () => {
  const { sources } = load({ '.env': 'KEY_FILE=key', key: 'x' }, { KEY: 'y' })
  expect(sources.lookup('KEY')).toMatchObject({ origin: 'environment and .env:1' })
  expect(sources.lookup('KEY')).toHaveProperty('expected')
})

test('a secret file that is absent or empty is an error, never a value that is not set', () => {
  const { sources } = load({ empty: '\n' }, { A_FILE: 'gone', B_FILE: 'empty', C_FILE: '.' })
  for (const key of ['A', 'B', 'C']) {
    expect(sources.lookup(key)).toMatchObject({ key: `${key}_FILE`, expected: /^expected/ })
  }
})

test('templates reach values of other sources and of secret files', () => {
  const { sources } = load(
    { '.env': 'URL=postgres://app:${PASSWORD}@${HOST:-localhost}/app', secret: 's3cret\n' },
    { PASSWORD_FILE: 'secret' },
  )
  expect(sources.lookup('URL')).toMatchObject({
    value: 'postgres://app:s3cret@localhost/app',
    references: ['PASSWORD', 'HOST'],
  })
})

test('a circle of references is an error that shows the circle', () => {
  const { sources } = load({}, { A: '${B}', B: 'x${C:-1}', C: '${A}', D: '${D}' })
  expect(sources.lookup('A')).toMatchObject({ expected: /A -> B -> C -> A/ })
  expect(sources.lookup('D')).toMatchObject({ expected: /D -> D/ })
})

test('a reference to nothing is an error where it is read and nowhere else', () => {
  const { sources } = load({}, { PS1: '${debian_chroot}', A: 'x' })
  expect(sources.errors).toEqual([])
  expect(sources.lookup('A')).toMatchObject({ value: 'x' })
  expect(sources.lookup('PS1')).toMatchObject({ expected: /\$\{debian_chroot\}, which is not set/ })
})

test('the name of the environment cannot leave the folder of the configuration', () => {
  const directory = createFolder({ 'evil.json': '{"A":"1"}' })
  const sources = loadSources({ directory, environment: '../evil', env: {} })
  expect(sources.lookup('A')).toBeUndefined()
  expect(sources.errors).toHaveLength(1)
})
