// Web clients and the gateway in processes of their own, which know no database: what they need of the platform they ask it
// for over the network, and say so where it does not answer.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import {
  type Browsing,
  browserMissing,
  choosePorts,
  clients,
  createTestClient,
  endProcess,
  environmentFor,
  type ProgProcess,
  runProg,
  services,
  startBrowser,
  startProg,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPeople } from '../src/people.ts'

const timeout = 120_000
/** Who has a database, and who has none: the clients, and the gateway. */
const owners = services.filter(({ database }) => database !== undefined)
const without = [...clients, ...services.filter((one) => !owners.includes(one))]
let server: Awaited<ReturnType<typeof startTemporaryPostgres>>
let stateDirectory: string
let env: NodeJS.ProcessEnv
let ports: ReadonlyMap<string, number>
let platform: ProgProcess
let apart: readonly ProgProcess[] = []
let browser: Awaited<ReturnType<typeof startBrowser>>
let shop: TestShop

beforeAll(async () => {
  if (browserMissing) return
  server = await startTemporaryPostgres()
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-apart-'))
  await chmod(stateDirectory, 0o711)
  ports = await choosePorts()
  env = environmentFor(server.connection, stateDirectory, ports)
  const { code, stderr } = await runProg(['bootstrap'], env)
  expect(code, stderr).toBe(0)
  const { DATABASE_URL: _, ...own } = env
  platform = await startPlatform()
  apart = await Promise.all(without.map(({ name }) => startProg(['up', '--only', name], own)))
  browser = await startBrowser()
  const sql = await connectDirectly(server.connection)
  const anonymous = createTestClient(`http://127.0.0.1:${ports.get('api-gateway')}`)
  shop = await createPeople(anonymous, sql, platform.output).shop()
  await sql.end()
}, timeout)
beforeEach((context) => {
  if (browserMissing) context.skip(browserMissing)
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([platform, ...apart].map((one) => endProcess(one, 'SIGTERM')))
  await server?.stop()
  if (stateDirectory) await rm(stateDirectory, { recursive: true, force: true })
})

function startPlatform(): Promise<ProgProcess> {
  return startProg(['up', '--only', ...owners.map(({ name }) => name)], env)
}

const addressOf = (client: string, slug?: string) =>
  `http://${slug === undefined ? '' : `${slug}.`}localhost:${ports.get(client)}`

async function signIn({ page }: Browsing): Promise<void> {
  await page.getByLabel('E-mail').fill(shop.owner.email)
  await page.getByLabel('Password').fill(testPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('people sign in, work and leave, and pages say where the platform is away and come back', {
  timeout,
}, async () => {
  const home = `${addressOf('admin-client')}/t/${shop.slug}`
  const storefront = addressOf('storefront-client', shop.slug)
  const staff = await browser.browse()
  const { page } = staff
  await page.goto(`${home}/orders`)
  await signIn(staff)
  await page.getByText('live', { exact: true }).waitFor()
  const visitor = await browser.browse({ isPhone: true })
  expect((await visitor.page.goto(storefront))?.status()).toBe(200)
  const stranger = await browser.browse()
  const form = await page.context().newPage()
  await form.goto(`${home}/settings`)
  const name = form.getByLabel('Name that customers see')
  await name.fill('A Longer Name')

  await endProcess(platform, 'SIGKILL')
  await page.getByText('connecting', { exact: true }).waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText(/^It was sent, and nobody has answered/).waitFor()
  await form.getByText(/^Nobody answers at this moment/).waitFor()
  await page.getByRole('link', { name: 'Products' }).click()
  for (const [one, address] of [
    [visitor, storefront],
    [stranger, `${addressOf('auth-client', shop.slug)}/sign-in`],
  ] as const) {
    expect((await one.page.goto(address))?.status()).toBe(503)
  }
  for (const one of [staff, visitor, stranger])
    await one.page.getByRole('heading', { name: /^Nobody answers at this moment/ }).waitFor()
  for (const one of [staff, visitor, stranger])
    await one.page.getByText('503', { exact: true }).waitFor()

  platform = await startPlatform()
  await page.getByRole('heading', { name: 'Products' }).waitFor({ timeout: 30_000 })
  await visitor.page.getByRole('heading', { name: 'A Shop' }).waitFor({ timeout: 30_000 })
  await form.getByText(/^Nobody answers/).waitFor({ state: 'detached', timeout: 30_000 })
  expect(await name.inputValue()).toBe('A Longer Name')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Done.').waitFor()
  await stranger.page.getByLabel('Password').waitFor({ timeout: 30_000 })
  await page.goto(addressOf('admin-client'))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: /^Sign in/ }).waitFor()
  await page.goto(`${home}/orders`)
  await page.getByLabel('Password').waitFor()
  await Promise.all([staff, visitor, stranger].map((one) => one.close()))
})

test('what has a database does not start where none is named', async () => {
  const { DATABASE_URL: _, ...own } = env
  const ended = await runProg(['up', '--only', 'admin-client', 'order-service'], own)
  expect(ended.code).toBe(1)
  expect(ended.stderr).toContain('DATABASE_URL must name a PostgreSQL server')
})
