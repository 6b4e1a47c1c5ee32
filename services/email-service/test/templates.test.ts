import { randomUUID } from 'node:crypto'
import { emailContract } from '@prognetwork/contracts/email'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Buying, createBuying, newAddress } from './buying.ts'

const {
  listTemplates,
  listTemplateVersions,
  previewTemplate,
  publishTemplate,
  readTemplate,
  saveDraft,
  sendMessage,
  testTemplate,
} = emailContract.operations

let platform: TestPlatform
let shop: TestShop
let buying: Buying

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  buying = createBuying(platform, shop)
})
afterAll(() => platform?.stop())

const newName = () => `t-${randomUUID().slice(0, 8)}`
const source = (text: string) => ({
  subject: `${text} {{ who }}`,
  mjml: `<mjml><mj-body><mj-section><mj-column><mj-text>${text} {{ who }}</mj-text></mj-column></mj-section></mj-body></mjml>`,
  text: `${text} {{ who }}`,
})
const sample = { who: 'Ada' }

const draftOf = (name: string, text: string, draft: number | null = null) =>
  shop.staff.call(saveDraft, { params: { name }, body: { ...source(text), sample, draft } })
const publish = (name: string, version: number) =>
  shop.staff.call(publishTemplate, { params: { name }, body: { version } })
const read = (name: string, version?: string) =>
  shop.staff.call(readTemplate, { params: { name }, query: { ...(version && { version }) } })

describe('templates of the platform', () => {
  test('are there from the beginning, as they are written', async () => {
    const { body } = await shop.staff.call(listTemplates, {})
    expect(body.items.filter(({ builtIn }) => builtIn)).toEqual(
      [
        ...['placed', 'paid', 'shipped', 'refunded', 'cancelled'].map((one) => `order_${one}`),
        ...['approved', 'refused', 'received', 'refunded'].map((one) => `return_${one}`),
      ].map((name) => ({
        ...{ name, builtIn: true, published: 0, draft: null },
      })),
    )
    const one = await read('order_shipped')
    expect(one.body.content).toMatchObject({
      version: 0,
      state: 'published',
      mjml: expect.stringContaining('{{ order.tracking.number }}'),
      sample: { order: { tracking: { carrier: 'Royal Mail' } } },
    })
  })

  test('give way to versions of the tenant, and come back', async () => {
    const name = 'order_placed'
    const params = { name }
    const body = {
      subject: 'Our own {{ order.reference }}',
      mjml: '<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ customer.name }}</mj-text></mj-column></mj-section></mj-body></mjml>',
      text: 'Hello {{ customer.name }}',
      draft: null,
    }
    const draft = await shop.staff.call(saveDraft, { params, body })
    expect(draft.body).toMatchObject({ version: 1, state: 'draft' })
    const subjectOf = async () => {
      const order = await buying.buy()
      const mail = (await buying.sent(order.id, 1)).get(name)
      return { reference: order.reference, ...mail }
    }
    const before = await subjectOf()
    expect(before.subject).toBe(`Your order ${before.reference}`)
    await publish(name, 1)
    const own = await subjectOf()
    expect(own.subject).toBe(`Our own ${own.reference}`)
    expect(own.template).toEqual({ name, version: 1 })
    expect((await buying.read(own.id ?? '')).html).toContain('Hello Ada')
    await publish(name, 0)
    expect((await subjectOf()).template).toEqual({ name, version: 0 })
    expect((await read(name, '1')).body.content.state).toBe('kept')
  })
})

test('versions are drafted, published and kept', async () => {
  const name = newName()
  expect((await draftOf(name, 'One')).body).toMatchObject({ version: 1, state: 'draft', sample })
  expect((await draftOf(name, 'Uno', 1)).body).toMatchObject({ version: 1, text: 'Uno {{ who }}' })
  expect((await publish(name, 1)).body).toEqual({
    ...{ name, builtIn: false, published: 1, draft: null },
  })
  await draftOf(name, 'Two')
  await publish(name, 2)
  await draftOf(name, 'Three')
  const versions = await shop.staff.call(listTemplateVersions, { params: { name }, query: {} })
  expect(versions.body.items.map(({ version, state }) => [version, state])).toEqual([
    [3, 'draft'],
    [2, 'published'],
    [1, 'kept'],
  ])
  expect((await read(name)).body.content.text).toBe('Two {{ who }}')
  expect((await publish(name, 1)).body).toMatchObject({ published: 1, draft: 3 })
  const { body } = await shop.staff.call(listTemplateVersions, {
    params: { name },
    query: { limit: '2' },
  })
  const rest = await shop.staff.call(listTemplateVersions, {
    params: { name },
    query: { after: body.next ?? '' },
  })
  expect(rest.body.items.map(({ version }) => version)).toEqual([1])
})

test('of two who change a draft at the same time, one is told', async () => {
  const name = newName()
  await draftOf(name, 'One')
  const refused = await draftOf(name, 'Two')
  expect([refused.status, refused.problem.code]).toEqual([412, 'email.template_changed'])
})

test('what is no template is refused with every place that is wrong', async () => {
  const body = {
    subject: '{{ nobody }}',
    mjml: '<mjml>\n<mj-body>\n{% for x in y %}\n</mj-body></mjml>',
    text: '{{ who | shout }}',
  }
  for (const work of [
    shop.staff.call(previewTemplate, { params: { name: newName() }, body: { ...body, sample } }),
    shop.staff.call(saveDraft, {
      params: { name: newName() },
      body: { ...body, sample, draft: null },
    }),
  ]) {
    const { status, problem } = await work
    expect([status, problem.code]).toEqual([422, 'email.template_unfit'])
    expect(problem.errors?.map(({ pointer, detail }) => [pointer, detail])).toEqual([
      ['/body/subject', 'Line 1: There is no value nobody'],
      ['/body/mjml', 'Line 3: tag {% for x in y %} not closed'],
      ['/body/text', 'Line 1: undefined filter: shout'],
    ])
  }
})

test('a bomb is refused, and what comes after it is not', async () => {
  const bomb = '{% for i in (1..100000000) %}{{ i }}{% endfor %}'
  const refused = await shop.staff.call(previewTemplate, {
    params: { name: newName() },
    body: { ...source(bomb), sample },
  })
  expect(refused.problem.code).toBe('email.template_unfit')
  const { status, body } = await shop.staff.call(previewTemplate, {
    params: { name: newName() },
    body: { ...source('Hello'), sample },
  })
  expect([status, body.subject, body.text]).toEqual([200, 'Hello Ada', 'Hello Ada'])
  expect(body.html).toContain('Hello Ada')
})

test('there is nothing to read, publish or test of a template that there is not', async () => {
  const name = newName()
  const params = { name }
  const answers = [
    await read(name),
    await read('order_paid', '7'),
    await shop.staff.call(listTemplateVersions, { params, query: {} }),
    await publish(name, 0),
    await publish(name, 1),
    await shop.staff.call(testTemplate, { params, body: { version: 1, to: newAddress() } }),
  ]
  for (const { status, problem } of answers)
    expect([status, problem.code]).toEqual([404, 'email.template_missing'])
})

describe('a mail of a template of one’s own', () => {
  test('is filled in with data, escaped where it is HTML', async () => {
    const name = newName()
    await draftOf(name, 'Hello')
    await publish(name, 1)
    const { body } = await shop.staff.call(sendMessage, {
      body: { to: newAddress(), template: name, data: { who: '<b>Eve</b>\r\nBcc: x' } },
    })
    const mail = await buying.read(body.id)
    expect(mail).toMatchObject({
      subject: 'Hello <b>Eve</b> Bcc: x',
      template: { name, version: 1 },
    })
    expect(mail.html).toContain('Hello &lt;b&gt;Eve&lt;/b&gt;')
  })

  test('is refused where data is missing, or nothing is published', async () => {
    const name = newName()
    const send = (data: Record<string, unknown>) =>
      shop.staff.call(sendMessage, { body: { to: newAddress(), template: name, data } })
    expect((await send(sample)).problem.code).toBe('email.template_missing')
    await draftOf(name, 'Hello')
    expect((await send(sample)).problem.code).toBe('email.template_missing')
    await publish(name, 1)
    const { status, problem } = await send({ whom: 'Ada' })
    expect([status, problem.code]).toEqual([422, 'email.data_unfit'])
    expect(problem.detail).toContain('who')
  })

  test('is sent as a test with its sample', async () => {
    const name = newName()
    const to = newAddress()
    await draftOf(name, 'Hello')
    const { status, body } = await shop.staff.call(testTemplate, {
      params: { name },
      body: { version: 1, to },
    })
    expect(status).toBe(202)
    const mail = await buying.read(body.messageId)
    expect(mail).toMatchObject({ to, subject: 'Hello Ada' })
    expect(mail.html).not.toContain('mail-opens')
  })
})
