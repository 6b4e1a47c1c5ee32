import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { transportSettings } from './event-transport.ts'

const directory = mkdtempSync(join(tmpdir(), 'prog-transport-'))
afterAll(() => rmSync(directory, { recursive: true }))

function settingsOf(...lines: string[]) {
  writeFileSync(join(directory, '.env'), lines.join('\n'))
  return transportSettings(readConfiguration([], directory), directory)
}

test('consumers read the log in PostgreSQL unless something else is asked for', () => {
  expect(settingsOf()).toEqual({ kind: 'postgres' })
})

test('a broker is named by its own keys, and a missing one is told', () => {
  expect(settingsOf('EVENT_TRANSPORT=redis', 'REDIS_URL=redis://a', 'EVENT_PREFIX=two')).toEqual({
    ...{ kind: 'redis', url: 'redis://a', prefix: 'two', keptEvents: 1_000_000 },
  })
  expect(() => settingsOf('EVENT_TRANSPORT=redis')).toThrow('REDIS_URL is required')
  expect(() => settingsOf('EVENT_TRANSPORT=kafka')).toThrow('KAFKA_BROKERS is required')
  expect(() => settingsOf('EVENT_TRANSPORT=kafka', 'KAFKA_BROKERS=nohost')).toThrow('host:port')
})

test('Redis is checked by a certificate where it is spoken to by TLS', () => {
  writeFileSync(join(directory, 'ca.pem'), 'a certificate')
  const keys = ['EVENT_TRANSPORT=redis', 'REDIS_CA_FILE=ca.pem']
  expect(settingsOf(...keys, 'REDIS_URL=rediss://:secret@a')).toMatchObject({
    ...{ url: 'rediss://:secret@a', ca: 'a certificate' },
  })
  expect(() => settingsOf(...keys, 'REDIS_URL=redis://a')).toThrow('REDIS_URL of rediss://')
})

test('Kafka is signed in to and checked by a certificate as its keys say', () => {
  const kafka = ['EVENT_TRANSPORT=kafka', 'KAFKA_BROKERS=one:9092, two:9093']
  const brokers = ['one:9092', 'two:9093']
  const common = { kind: 'kafka', prefix: 'prognetwork', brokers }
  expect(settingsOf(...kafka)).toEqual(common)
  writeFileSync(join(directory, 'ca.pem'), 'a certificate')
  expect(
    settingsOf(
      ...kafka,
      ...['KAFKA_USERNAME=me', 'KAFKA_PASSWORD=secret', 'KAFKA_REPLICAS=3'],
      ...['KAFKA_TLS=true', 'KAFKA_CA_FILE=ca.pem'],
    ),
  ).toEqual({
    ...common,
    replicas: 3,
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'secret' },
    tls: { ca: 'a certificate' },
  })
  expect(() => settingsOf(...kafka, 'KAFKA_USERNAME=me')).toThrow('together or not at all')
  expect(() => settingsOf(...kafka, 'KAFKA_CA_FILE=ca.pem')).toThrow('KAFKA_TLS=true')
})
