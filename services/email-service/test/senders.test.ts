import { randomUUID } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { Unavailable } from '@prognetwork/shared-infrastructure'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newAddress } from './buying.ts'

const { changeSender, createSender, listSenders, removeSender, sendMessage } =
  emailContract.operations
const { addSuppression, listSuppressions, removeSuppression } = emailContract.operations

let platform: TestPlatform
let shop: TestShop

/** The domain that the tenant-service does not answer for. */
let awayFor: string | undefined

/** As if it could not be reached. */
const awayNow = (service: AnyDefinition): AnyDefinition => ({
  ...service,
  async start(given: never) {
    const { handlers, ...running } = await service.start(given)
    const findTenant: typeof handlers.findTenant = async (ctx, input) => {
      if (input.params?.name === awayFor) throw new Unavailable('the tenant-service')
      return handlers.findTenant?.(ctx, input)
    }
    return { ...running, handlers: { ...handlers, findTenant } } as never
  },
})

beforeAll(async () => {
  const definitions = callingAs('email-service').definitions.map((one) =>
    one.name === 'tenant-service' ? awayNow(one) : one,
  )
  platform = await startTestPlatform({ definitions })
})
beforeEach(async () => {
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

const sender = (part: object = {}) => ({ name: 'Looms', isDefault: false, ...part })
const add = (part: object) => shop.staff.call(createSender, { body: sender(part) })
const send = (senderId?: string) =>
  shop.staff.call(sendMessage, {
    body: { to: newAddress(), subject: 'x', text: 'x', ...(senderId && { senderId }) },
  })

/** As if the tenant had shown it, which its own tests are about. */
async function verify(tenantId: string, domain: string) {
  await platform.sql.query(
    `insert into tenant_service.domain (tenant_id, id, name, token, state, created_at, verified_at)
     values ($1, $2, $3, 'x', 'verified', now(), now())`,
    [tenantId, randomUUID(), domain],
  )
}

test('mails are from the default sender, from one that is named, or from the platform', async () => {
  expect((await send()).body.from).toBe('A Shop <no-reply@mail.invalid>')
  const first = await add({ name: 'First', isDefault: true, replyTo: 'help@example.com' })
  const second = await add({ name: 'Second', isDefault: true })
  expect((await send()).body.from).toBe('Second <no-reply@mail.invalid>')
  expect((await send(first.body.id)).body.from).toBe('First <no-reply@mail.invalid>')
  const { items } = (await shop.staff.call(listSenders, {})).body
  expect(items.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['First', false],
    ['Second', true],
  ])
  const params = { senderId: second.body.id }
  const changed = await shop.staff.call(changeSender, {
    params,
    body: sender({ name: 'Other', isDefault: true }),
  })
  expect(changed.body.name).toBe('Other')
  expect((await send()).body.from).toBe('Other <no-reply@mail.invalid>')
  expect((await shop.staff.call(removeSender, { params })).status).toBe(204)
  expect((await send()).body.from).toBe('A Shop <no-reply@mail.invalid>')
})

test('an address is of a domain that the tenant has verified, and of no other', async () => {
  const domain = `${randomUUID()}.example`
  const address = `shop@${domain}`
  const refused = await add({ address })
  expect([refused.status, refused.problem.code]).toEqual([422, 'email.domain_unverified'])
  await verify(shop.id, domain)
  const { body } = await add({ address })
  expect((await send(body.id)).body.from).toBe(`Looms <${address}>`)
  const other = await platform.shop()
  const theirs = await other.staff.call(createSender, { body: sender({ address }) })
  expect(theirs.problem.code).toBe('email.domain_unverified')
  const params = { senderId: body.id }
  const moved = await shop.staff.call(changeSender, {
    params,
    body: sender({ address: 'shop@elsewhere.example' }),
  })
  expect(moved.problem.code).toBe('email.domain_unverified')
})

test('there is nothing to change, remove or send from where there is no sender', async () => {
  const other = await platform.shop()
  const { body } = await other.staff.call(createSender, { body: sender() })
  for (const senderId of [randomUUID(), body.id])
    for (const { status, problem } of [
      await shop.staff.call(changeSender, { params: { senderId }, body: sender() }),
      await shop.staff.call(removeSender, { params: { senderId } }),
      await send(senderId),
    ])
      expect([status, problem.code]).toEqual([404, 'email.sender_missing'])
})

test('a tenant has fifty senders at most', async () => {
  for (let count = 0; count < 50; count++) expect((await add({})).status).toBe(201)
  const refused = await add({})
  expect([refused.status, refused.problem.code]).toEqual([422, 'email.senders_full'])
})

test('addresses are suppressed and written to again', async () => {
  const [first, second] = [`a-${newAddress()}`, `b-${newAddress()}`]
  for (const address of [second, first, first.toUpperCase()])
    expect((await shop.staff.call(addSuppression, { body: { address } })).body).toMatchObject({
      address: address.toLowerCase(),
      reason: 'asked',
    })
  const page = await shop.staff.call(listSuppressions, { query: { limit: '1' } })
  expect(page.body.items.map(({ address }) => address)).toEqual([first])
  const rest = await shop.staff.call(listSuppressions, { query: { after: page.body.next ?? '' } })
  expect(rest.body).toMatchObject({ items: [{ address: second }], next: null })
  const params = { address: first }
  expect((await shop.staff.call(removeSuppression, { params })).status).toBe(204)
  const again = await shop.staff.call(removeSuppression, { params })
  expect([again.status, again.problem.code]).toEqual([404, 'email.suppression_missing'])
  const other = await platform.shop()
  const body = { to: second, subject: 'x', text: 'x' }
  expect((await other.staff.call(sendMessage, { body })).body.state).toBe('queued')
  expect((await shop.staff.call(sendMessage, { body })).body.state).toBe('suppressed')
})

test('a request that was answered is answered again while the service that it asks is away', async () => {
  const name = `looms-${randomUUID()}.example`
  await verify(shop.id, name)
  const body = sender({ address: `ada@${name}` })
  const headers = { 'idempotency-key': randomUUID() }
  const first = await shop.staff.call(createSender, { body }, headers)
  expect(first.status).toBe(201)
  awayFor = name
  const again = await shop.staff.call(createSender, { body }, headers)
  expect([again.status, again.body]).toEqual([201, first.body])
  const other = { 'idempotency-key': randomUUID() }
  expect((await shop.staff.call(createSender, { body }, other)).status).toBe(503)
})
