import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import {
  choosePorts,
  endProcess,
  environmentFor,
  type ProgProcess,
  startProg,
} from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The platform as it runs while somebody works on it.

const root = join(import.meta.dirname, '../../..')
const timeout = 120_000
let server: Awaited<ReturnType<typeof startTemporaryPostgres>>
let stateDirectory: string
let running: ProgProcess
let origin: string

beforeAll(async () => {
  server = await startTemporaryPostgres()
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-dev-'))
  const ports = await choosePorts()
  running = await startProg(['dev'], environmentFor(server.connection, stateDirectory, ports))
  origin = `http://127.0.0.1:${ports.get('auth-client')}`
}, timeout)
afterAll(async () => {
  await endProcess(running, 'SIGTERM')
  await server?.stop()
  await rm(stateDirectory, { recursive: true, force: true })
})

async function get(path: string) {
  const { statusCode, headers, body } = await request(`${origin}${path}`)
  return { statusCode, headers, text: await body.text() }
}
const starts = () => running.output.join('').split('ProgNetwork is up').length - 1

test('pages and what belongs to them are made from their sources', { timeout }, async () => {
  const page = await get('/sign-in')
  expect(page.statusCode, page.text).toBe(200)
  expect(page.text).toContain('/app/app.css')
  expect(page.headers['content-security-policy']).toContain("connect-src 'self' ws:")
  const source = await get('/app/root.tsx')
  expect(source.headers['content-type']).toBe('text/javascript')
  expect(source.text).toContain('ErrorBoundary')
  const parts = await get('/@parts/')
  expect(parts.text).toContain('/@parts/main.tsx')
  expect((await get('/@parts/page.tsx')).text).toContain('specimens')
  expect((await get('/there-is-no-such-page')).statusCode).toBe(404)
})

test('a source that changes starts the platform again, and a test does not', {
  timeout,
}, async () => {
  const touch = (path: string) => utimes(join(root, path), new Date(), new Date())
  await touch('packages/cli/test/develop.test.ts')
  await touch('clients/auth-client/app/root.tsx')
  await touch('services/tenant-service/src/service.ts')
  await expect
    .poll(() => running.output.join(''), { timeout: 60_000 })
    .toContain('services/tenant-service/src/service.ts has changed; starting again.')
  await expect.poll(starts, { timeout: 60_000 }).toBe(2)
  expect((await get('/sign-in')).statusCode).toBe(200)
  expect(running.output.join('').split('has changed')).toHaveLength(2)
})
