import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  choosePorts,
  createTestClient,
  endProcess,
  environmentFor,
  type ProgProcess,
  runProg,
  startProg,
  type TestClient,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The real commands beside a real platform on its embedded database.

const { operations } = userContract
let stateDirectory: string
let env: NodeJS.ProcessEnv
let platform: ProgProcess
let anonymous: TestClient
let gatewayPort: number

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-cli-'))
  await chmod(stateDirectory, 0o711)
  const ports = await choosePorts()
  gatewayPort = ports.get('api-gateway') ?? 0
  env = environmentFor(undefined, stateDirectory, ports)
  platform = await startProg(['up'], env)
  anonymous = createTestClient(`http://127.0.0.1:${gatewayPort}`)
})
afterAll(async () => {
  await endProcess(platform, 'SIGTERM')
  await rm(stateDirectory, { recursive: true, force: true })
})

interface Check {
  readonly name: string
  readonly state: string
  readonly finding: string
  readonly advice?: string
}

async function doctor(given: NodeJS.ProcessEnv) {
  const { code, stdout } = await runProg(['doctor', '--json'], given)
  const checks: Check[] = JSON.parse(stdout)
  return {
    code,
    states: Object.fromEntries(checks.map((one) => [one.name, one.state])),
    told: checks.filter((one) => one.state !== 'ok'),
  }
}

async function makeOperator(link: string) {
  const token = /token=(su_\S+)/.exec(link)?.[1] ?? ''
  return anonymous.call(operations.setUpPlatform, {
    body: { token, email: 'op@example.com', password: testPassword, displayName: 'Operator' },
  })
}

describe('prog doctor', () => {
  test('finds a running platform well', async () => {
    const { code, states } = await doctor(env)
    expect([code, states]).toEqual([
      0,
      expect.objectContaining({
        machine: 'ok',
        node: 'ok',
        configuration: 'ok',
        'state directory': 'ok',
        database: 'ok',
        extensions: 'ok',
        migrations: 'ok',
        roles: 'ok',
        clock: 'ok',
        [`port ${gatewayPort}`]: 'ok',
      }),
    ])
    const { stdout } = await runProg(['doctor'], env)
    expect(stdout).toMatch(/^ok {7}roles: row-level security binds all of them$/m)
  })

  test('says what is wrong with the configuration and looks no further', async () => {
    const wrong = { ...env, LOG_LEVEL: 'loud', API_GATEWAY_DEFAULT_PER_MINUT: '5' }
    const { code, told } = await doctor(wrong)
    expect(code).toBe(1)
    expect(told).toEqual([
      expect.objectContaining({ state: 'failed', finding: expect.stringMatching(/^LOG_LEVEL/) }),
      expect.objectContaining({
        state: 'warning',
        advice: 'Did you mean API_GATEWAY_DEFAULT_PER_MINUTE?',
      }),
    ])
  })

  test('finds a port that is taken, secrets that are open and a database that is away', async () => {
    const stranger = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { port } = stranger.address() as { port: number }
    const secrets = join(stateDirectory, 'role-passwords.json')
    await chmod(secrets, 0o644)
    try {
      const { code, states } = await doctor({
        ...env,
        API_GATEWAY_PORT: String(port),
        DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/nothing',
      })
      expect([code, states]).toEqual([
        1,
        expect.objectContaining({
          'state directory': 'failed',
          database: 'failed',
          [`port ${port}`]: 'failed',
        }),
      ])
    } finally {
      await chmod(secrets, 0o600)
      await new Promise((resolve) => stranger.close(resolve))
    }
  })

  test('where nothing was started yet nothing is wrong', async () => {
    const fresh = join(stateDirectory, 'fresh')
    const { code, told } = await doctor({ ...env, STATE_DIRECTORY: fresh })
    expect([code, told.map((one) => one.name)]).toEqual([0, ['database']])
    const link = await runProg(['doctor', '--setup-link'], { ...env, STATE_DIRECTORY: fresh })
    expect([link.code, link.stderr]).toEqual([1, expect.stringMatching(/start it with: npm start/)])
  })

  test('a new set-up link replaces the old one, until there is an operator', async () => {
    const { code, stdout } = await runProg(['doctor', '--setup-link'], env)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\/set-up\?token=su_\S+\n$/)])
    expect((await makeOperator(platform.output.join(''))).status).toBe(410)
    expect((await makeOperator(stdout)).status).toBe(201)
    const late = await runProg(['doctor', '--setup-link'], env)
    expect([late.code, late.stderr]).toEqual([1, expect.stringMatching(/an operator already/)])
  })
})

test('prog mail shows mail that was kept, to one address or all', async () => {
  const body = { email: 'ada@example.com', password: testPassword, displayName: 'Ada' }
  await anonymous.call(operations.signUp, { body })
  const { stdout } = await runProg(['mail', '--to', 'Ada@example.com'], env)
  expect(stdout).toMatch(/to ada@example\.com: Verify your e-mail address\n\n[\s\S]*token=vt_/)
  const none = await runProg(['mail', '--to', 'eve@example.com', '--json'], env)
  expect([none.code, JSON.parse(none.stdout)]).toEqual([0, []])
  const wrong = await runProg(['mail', '--limit', 'all'], env)
  expect([wrong.code, wrong.stderr]).toEqual([1, '--limit must be a whole number from 1 to 1000\n'])
})

test('prog asyncapi prints the events of all services, without a platform', async () => {
  const away = { ...env, STATE_DIRECTORY: join(stateDirectory, 'none') }
  const { code, stdout } = await runProg(['asyncapi'], away)
  expect(code).toBe(0)
  const { asyncapi, channels } = JSON.parse(stdout)
  expect(asyncapi).toBe('3.0.0')
  expect(channels['user-service'].messages).toHaveProperty(['user.created.v1'])
})

test('prog openapi prints what the gateway answers, without a platform', async () => {
  const { code, stdout } = await runProg(['openapi'], env)
  const answered = await anonymous.raw('GET', '/openapi.json')
  expect([code, JSON.parse(stdout)]).toEqual([0, answered.body])
  const away = await runProg(['openapi'], { ...env, STATE_DIRECTORY: join(stateDirectory, 'none') })
  expect(away.stdout).toBe(stdout)
})

test('prog seed makes a tenant with people and products that can be used', async () => {
  const { code, stdout, stderr } = await runProg(['seed', '--size', 'small', '--json'], env)
  expect(code, stderr).toBe(0)
  const { password, tenants } = JSON.parse(stdout)
  expect(tenants).toEqual([
    expect.objectContaining({ products: 50, customers: expect.objectContaining({ length: 3 }) }),
  ])
  const [{ slug, owner, customers }] = tenants
  const owned = await anonymous.call(operations.signIn, { body: { email: owner, password } })
  expect(owned.status).toBe(201)
  const shop = anonymous.at(slug)
  const bought = await shop.call(operations.signIn, { body: { email: customers[0], password } })
  expect(bought.status).toBe(201)
  const listed = await shop.call(productContract.operations.listProducts, { query: { limit: 100 } })
  expect(listed.body.items).toHaveLength(50)
  const misused = await runProg(['seed', '--size', 'huge'], env)
  expect(misused.code).toBe(2)
  await buy(
    shop,
    listed.body.items.map(({ id }) => id),
  )
})

test('prog demo sells something, and tells what it set off from the gateway to the mail', async () => {
  const { code, stdout, stderr } = await runProg(['demo', '--repeat', '2'], env)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/paid \d+\.\d\d EUR for order [0-9A-Z]{10} \(paid\)/)
  const hops = [...stdout.matchAll(/^ +[\d.]+ ms +[\d.]+ ms +(\S+ \S.*)$/gm)].map(([, hop]) => hop)
  for (const hop of [
    'api-gateway checkOut',
    'product-service reserveStock',
    'payment-service createPayment',
    'email-service send mail',
    'email-service mail opened',
  ])
    expect(hops).toContain(hop)
  expect(stdout).toContain('1 more orders in')
  expect(stdout).toContain('drew a picture of each of its 84 products')
  await findPictures(/^Shop (\S+)$/m.exec(stdout)?.[1] ?? '')
  const misused = await runProg(['demo', '--repeat', '0'], env)
  expect([misused.code, misused.stderr]).toEqual([
    1,
    expect.stringContaining('--repeat must be a whole number from 1'),
  ])
}, 90_000)

/** Every product of the shop has one, and the address of the first answers an image. */
async function findPictures(slug: string) {
  const { listProducts } = productContract.operations
  const { body } = await anonymous.at(slug).call(listProducts, { query: { limit: 100 } })
  expect(body.items).toHaveLength(84)
  expect(body.items.filter((one) => one.image === null)).toEqual([])
  const shown = await fetch(body.items[0]?.image?.url ?? '')
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
}

test('prog demo sells what is in a list of somebody', async () => {
  const file = join(stateDirectory, 'list.csv')
  await writeFile(
    file,
    'slug,title,status,sku,price,on_hand\n' +
      'a-kettle,Kettle of tin,active,K-1,12.50,9\nb-kettle,Kettle of steel,active,K-2,22.50,9\n',
  )
  const { code, stdout, stderr } = await runProg(['demo', '--csv', file], env)
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('searched for "Kettle": Kettle of')
  const missing = await runProg(['demo', '--csv', join(stateDirectory, 'none.csv')], env)
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('none.csv')])
})

/** The first of these that there is something left of, for somebody who has an account as well. */
async function buy(shop: TestClient, productIds: readonly string[]) {
  const { checkOut, createCart, setCartLine } = orderContract.operations
  for (const product of productIds) {
    const { body } = await shop.call(productContract.operations.readProduct, {
      query: {},
      params: { product },
    })
    const variantId = body.variants[0]?.id ?? ''
    const { body: cart } = await shop.call(createCart, { body: {} })
    const params = { cartId: cart.id, variantId }
    await shop.call(setCartLine, { params, body: { quantity: 1 } })
    const { status } = await shop.call(checkOut, {
      body: {
        cartId: cart.id,
        email: 'ada@example.com',
        shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: 'sandbox_4242424242424242_1290',
      },
    })
    if (status === 201) return
  }
  throw new Error('nothing can be bought')
}

test('prog mail shows mails to customers and to accounts as one list, newest first', async () => {
  const subjects = async () => {
    const { stdout } = await runProg(['mail', '--to', 'ada@example.com', '--json'], env)
    return JSON.parse(stdout).map(({ subject }: { subject: string }) => subject)
  }
  await expect
    .poll(subjects, { timeout: 20_000 })
    .toEqual([expect.stringMatching(/order/), 'Verify your e-mail address'])
  const { stdout } = await runProg(['mail', '--to', 'ada@example.com', '--limit', '1'], env)
  expect(stdout).toMatch(/to ada@example\.com: .*order/)
  expect(stdout).not.toContain('Verify')
})
