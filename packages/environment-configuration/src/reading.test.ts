// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration is filled in by the same signs
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createFolder } from '../test/folder.ts'
import { ConfigurationErrors } from './configuration-error.ts'
import { declareConfiguration, describeConfiguration, reloadable, secret } from './declaration.ts'
import { readAll, readConfiguration } from './reading.ts'
import { loadSources } from './sources.ts'

const platform = declareConfiguration({
  owner: 'platform',
  schema: z.object({
    databaseUrl: secret(z.url()).optional(),
    eventTransport: z.enum(['postgres', 'redis']).default('postgres').describe('Carries events'),
  }),
})
const orders = declareConfiguration({
  owner: 'order-service',
  schema: z.object({
    reservationMinutes: reloadable(z.coerce.number().int().positive()).default(15),
    signingKey: secret(z.string().min(8)),
    isOpen: z.stringbool().default(true),
    hosts: z
      .string()
      .default('a,b')
      .transform((text) => text.split(',')),
  }),
})

function sourcesFrom(env: Record<string, string>, files: Record<string, string> = {}) {
  return loadSources({ directory: createFolder(files), environment: 'trial', env })
}

test('values are typed, filled with defaults and frozen to the bottom', () => {
  const reading = readConfiguration(
    sourcesFrom({
      ORDER_SERVICE_RESERVATION_MINUTES: '30',
      ORDER_SERVICE_SIGNING_KEY: 'long enough',
    }),
    orders,
  )
  if (!reading.ok) throw new ConfigurationErrors(reading.errors)
  const minutes: number = reading.values.reservationMinutes
  expect(minutes).toBe(30)
  expect(reading.values).toMatchObject({ isOpen: true, hosts: ['a', 'b'] })
  expect(Object.isFrozen(reading.values)).toBe(true)
  expect(Object.isFrozen(reading.values.hosts)).toBe(true)
})

test('all errors come at once, each with key, origin, what was expected and what came', () => {
  const reading = readAll(
    sourcesFrom(
      { EVENT_TRANSPORT: 'pigeon', ORDER_SERVICE_SIGNING_KEY: 'hunter2' },
      { '.env': 'ORDER_SERVICE_RESERVATION_MINUTES=soon\nORDER_SERVICE_IS_OPEN=perhaps\n' },
    ),
    [platform, orders],
  )
  const { message } = new ConfigurationErrors(reading.errors)
  expect(message.split('\n')).toEqual([
    'The configuration has 4 problems:',
    '  EVENT_TRANSPORT (environment): expected one of "postgres"|"redis", got "pigeon"',
    '  ORDER_SERVICE_RESERVATION_MINUTES (.env:1): expected integer, got "soon"',
    '  ORDER_SERVICE_SIGNING_KEY (environment): too small: expected string to have >=8 characters, got [redacted]',
    expect.stringMatching(/^ {2}ORDER_SERVICE_IS_OPEN \(\.env:2\): expected one of .*"perhaps"$/),
  ])
  expect([...reading.values.keys()]).toEqual([])
})

test('a key that is required and not set says so', () => {
  const reading = readConfiguration(sourcesFrom({}), orders)
  expect(reading.ok).toBe(false)
  expect(reading.errors).toEqual([
    { key: 'ORDER_SERVICE_SIGNING_KEY', origin: 'not set', expected: 'expected text' },
  ])
})

test('z.coerce.string does not make the word undefined out of a key that is not set', () => {
  const schema = z.object({ name: z.coerce.string() })
  expect(readConfiguration(sourcesFrom({}), { owner: 'platform', schema }).errors).toHaveLength(1)
})

test('entries tell the effective value and its origin, and never a secret', () => {
  const sources = sourcesFrom(
    { DATABASE_URL: 'postgres://u:p4ss@h/d', ORDER_SERVICE_HOSTS: 'http://me:p4ss@h' },
    { '.env': 'ORDER_SERVICE_SIGNING_KEY_FILE=key', key: 'p4ss-and-more' },
  )
  const { entries, errors } = readAll(sources, [platform, orders])
  expect(errors).toEqual([])
  expect(JSON.stringify(entries)).not.toContain('p4ss')
  expect(entries).toContainEqual({
    key: 'DATABASE_URL',
    owner: 'platform',
    value: '[redacted]',
    origin: 'environment',
  })
  expect(entries).toContainEqual({
    key: 'ORDER_SERVICE_RESERVATION_MINUTES',
    owner: 'order-service',
    value: '15',
    origin: 'default',
  })
})

test('a value that takes a secret into itself by template is redacted too', () => {
  const sources = sourcesFrom({
    ORDER_SERVICE_SIGNING_KEY: 'open sesame',
    ORDER_SERVICE_HOSTS: 'x-${ORDER_SERVICE_SIGNING_KEY}',
  })
  expect(JSON.stringify(readAll(sources, [orders]).entries)).not.toContain('sesame')
})

test('a rule over several keys is told as one of the owner', () => {
  const schema = z
    .object({ low: z.coerce.number().default(1), high: z.coerce.number().default(2) })
    .refine(({ low, high }) => low < high, 'low must be below high')
  const reading = readConfiguration(sourcesFrom({ LOW: '5' }), { owner: 'platform', schema })
  expect(reading.errors).toMatchObject([{ key: 'platform', expected: 'low must be below high' }])
})

test('schemas that cannot read text are told as mistakes of the declaration', () => {
  const schema = z.object({
    count: z.number().default(1),
    isOn: z.coerce.boolean().default(false),
    hosts: z.array(z.string()).default([]),
    databaseURL: z.string().default(''),
    fine: z.coerce.number().optional(),
  })
  const { errors } = readConfiguration(sourcesFrom({}), { owner: 'platform', schema })
  expect(errors.map(({ key }) => key)).toEqual(['COUNT', 'IS_ON', 'HOSTS'])
})

test('a schema whose own function throws is an error, not an exception', () => {
  const schema = z.object({
    value: z.string().transform((text) => {
      throw new RangeError(text)
    }),
  })
  const reading = readConfiguration(sourcesFrom({ VALUE: 'x' }), { owner: 'platform', schema })
  expect(reading).toMatchObject({ ok: false, errors: [{ key: 'platform' }] })
})

test('two declarations of one key clash, and several of one owner come together', () => {
  const more = { owner: 'platform', schema: z.object({ storageKey: z.string().default('k') }) }
  const again = { owner: 'platform', schema: z.object({ storageKey: z.string().default('k') }) }
  const reading = readAll(sourcesFrom({}), [platform, more])
  expect(reading.errors).toEqual([])
  expect(reading.values.get('platform')).toMatchObject({
    eventTransport: 'postgres',
    storageKey: 'k',
  })
  expect(readAll(sourcesFrom({}), [more, again]).errors).toMatchObject([{ key: 'STORAGE_KEY' }])
})

test('a key and another named as its _FILE form clash', () => {
  const schema = z.object({ tls: z.string().optional(), tlsFile: z.string().optional() })
  expect(readAll(sourcesFrom({}), [{ owner: 'platform', schema }]).errors).toMatchObject([
    { key: 'TLS' },
  ])
})

test('keys nobody reads are listed with the nearest name, those of others are left alone', () => {
  const sources = sourcesFrom(
    { ORDER_SERVICE_RESERVATION_MINUTE: '3', PATH: '/bin', USER_SERVICE_X: '1', NAME: 'n' },
    { '.env': 'EVENT_TRANSPROT=redis\nOTHER_TOOL=1\nORDER_SERVICE_HOSTS=${NAME}\n' },
  )
  expect(readAll(sources, [platform, orders]).unknown).toEqual([
    { key: 'EVENT_TRANSPROT', origin: '.env:1', suggestion: 'EVENT_TRANSPORT' },
    {
      key: 'ORDER_SERVICE_RESERVATION_MINUTE',
      origin: 'environment',
      suggestion: 'ORDER_SERVICE_RESERVATION_MINUTES',
    },
  ])
})

test('the reference tells kind, default, marks and description, through every wrapper', () => {
  const rows = describeConfiguration([platform, orders])
  expect(rows).toMatchObject([
    { key: 'DATABASE_URL', kind: 'url', secret: true, required: false, default: undefined },
    {
      key: 'EVENT_TRANSPORT',
      kind: 'one of postgres, redis',
      default: 'postgres',
      description: 'Carries events',
    },
    { key: 'ORDER_SERVICE_RESERVATION_MINUTES', kind: 'integer', default: '15', reloadable: true },
    { key: 'ORDER_SERVICE_SIGNING_KEY', kind: 'text', secret: true, required: true },
    { key: 'ORDER_SERVICE_IS_OPEN', kind: 'true or false', default: 'true' },
    { key: 'ORDER_SERVICE_HOSTS', default: 'a,b', owner: 'order-service' },
  ])
})

test('the default of a secret is not in the reference', () => {
  const schema = z.object({ key: secret(z.string().default('for development')) })
  expect(describeConfiguration([{ owner: 'platform', schema }])).toMatchObject([
    { default: '[redacted]' },
  ])
})
