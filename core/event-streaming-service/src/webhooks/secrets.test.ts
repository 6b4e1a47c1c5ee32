import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createKeyRing } from '@prognetwork/shared-infrastructure/host'
import { Tampered } from '@prognetwork/shared-infrastructure/key-ring'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSecrets, signatureHeaders } from './secrets.ts'

const secrets = createSecrets(createKeyRing([{ id: 'test', key: randomBytes(32) }]))

test('a signature is that of the example of Standard Webhooks', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  expect(signatureHeaders(id, 1_614_265_330, '{"test": 2432232314}', [key])).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('a secret opens for its own endpoint and tenant alone', () => {
  const { shown, sealed } = secrets.create('a-tenant', 'an-endpoint')
  const opened = secrets.open(sealed, 'a-tenant', 'an-endpoint')
  expect(`whsec_${Buffer.from(opened).toString('base64')}`).toBe(shown)
  expect(() => secrets.open(sealed, 'a-tenant', 'another')).toThrow(Tampered)
  expect(() => secrets.open(sealed, 'another', 'an-endpoint')).toThrow(Tampered)
})

describe('the example of the how-to', () => {
  type Read = (headers: object, body: string, secret: string) => unknown
  let folder: string
  let readWebhook: Read

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prog-receive-'))
    const page = join(import.meta.dirname, '../../../../docs/how-to/receive-webhooks.md')
    const [, code = ''] = /```js\n(.*?)```/s.exec(await readFile(page, 'utf8')) ?? []
    const path = join(folder, 'receive.mjs')
    await writeFile(path, code)
    const example: { readWebhook: Read } = await import(pathToFileURL(path).href)
    readWebhook = example.readWebhook
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const body = JSON.stringify({ id: 'an event', data: { name: 'Ünï' } })
  const nowSeconds = () => Math.floor(Date.now() / 1_000)
  const made = () => {
    const { shown, sealed } = secrets.create('a-tenant', 'an-endpoint')
    return { shown, key: secrets.open(sealed, 'a-tenant', 'an-endpoint') }
  }

  test('reads what was signed, also while one secret follows another', () => {
    const [older, newer] = [made(), made()]
    const headers = signatureHeaders('an event', nowSeconds(), body, [newer.key, older.key])
    for (const { shown } of [older, newer])
      expect(readWebhook(headers, body, shown)).toEqual(JSON.parse(body))
  })

  test('refuses what was changed, signed by others, or is old', () => {
    const { shown, key } = made()
    const headers = signatureHeaders('an event', nowSeconds(), body, [key])
    expect(() => readWebhook(headers, body.replace('Ü', 'U'), shown)).toThrow(/not signed/)
    expect(() => readWebhook({ ...headers, 'webhook-id': 'other' }, body, shown)).toThrow(/not/)
    expect(() => readWebhook(headers, body, made().shown)).toThrow(/not signed/)
    const old = signatureHeaders('an event', nowSeconds() - 600, body, [key])
    expect(() => readWebhook(old, body, shown)).toThrow(/too long ago/)
    expect(() => readWebhook({ ...headers, 'webhook-timestamp': 'x' }, body, shown)).toThrow(/ago/)
  })
})
