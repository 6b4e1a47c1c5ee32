import specifications from '@asyncapi/specs'
import { type EventContract, event, upcaster, versionsOf } from '@prognetwork/contracts'
import { services } from '@prognetwork/testing'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { asyncApiOf } from '../src/async-api/async-api.ts'
import { eventPages } from '../src/async-api/event-pages.ts'

const document = asyncApiOf(services, 'https://shop.example.com')
const { messages, schemas } = document.components
const published = services.flatMap((one) => one.publishes.flatMap(versionsOf))

test('the document is AsyncAPI 3, as its own schema has it', () => {
  const ajv = new Ajv({ strict: false, logger: false })
  addFormats.default(ajv)
  const validate = ajv.compile(specifications.schemasWithoutId['3.0.0'] as object)
  validate(document)
  expect(validate.errors).toBeNull()
  validate({ ...document, channels: { 'user-service': { messages: 3 } } })
  expect(validate.errors).not.toBeNull()
})

test('every version of every event is in the channel of its service, and nothing else', () => {
  expect(published.length).toBeGreaterThan(10)
  const names = published.map((one) => `${one.type}.v${one.version}`)
  expect(Object.keys(messages).sort()).toEqual(names.toSorted())
  for (const { name, publishes } of services) {
    const channel = document.channels[name] as { messages: object } | undefined
    expect(Object.keys(channel?.messages ?? {})).toEqual(
      publishes.flatMap(versionsOf).map((one) => `${one.type}.v${one.version}`),
    )
  }
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(published.length)
  for (const [, path = ''] of references) {
    let place: unknown = document
    for (const step of path.split('/')) place = (place as Record<string, unknown>)[step]
    expect(place, path).toBeDefined()
  }
})

test('examples fit what is said of payload and headers', () => {
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  for (const [name, { payload, headers, examples }] of Object.entries(messages)) {
    expect(examples, name).toHaveLength(1)
    for (const example of examples) {
      expect(ajv.validate(payload, example.payload), `${name} ${ajv.errorsText()}`).toBe(true)
      const whole = { ...headers, components: { schemas } }
      expect(ajv.validate(whole, example.headers), `${name} ${ajv.errorsText()}`).toBe(true)
    }
  }
})

test('what is personal is said to be, and is in no example', () => {
  const message = messages['user.created.v1']
  expect(message?.payload).toMatchObject({
    properties: { email: { description: expect.stringContaining('subject in `userId`') } },
  })
  expect(message?.examples[0]?.payload).toMatchObject({ email: null })
})

test('older versions are told beside the newest', () => {
  const [first] = published as [EventContract]
  const second = event(first.type, 2, first.data, {
    ...{ key: first.key as never, example: first.example },
    upcaster: upcaster(first, (data) => data),
  })
  const publisher = { name: 'a-service', summary: 'A service', publishes: [second] }
  const { components } = asyncApiOf([publisher], 'http://localhost:8000')
  expect(Object.keys(components.messages)).toEqual([`${first.type}.v2`, `${first.type}.v1`])
  expect(components.messages[`${first.type}.v1`]).toMatchObject({
    summary: expect.stringContaining('version 2 is published now'),
    headers: {
      allOf: [{}, { properties: { dataschema: { const: expect.stringMatching(/:1$/) } } }],
    },
  })
})

test('the page shows every message with its fields and an example, and nothing as markup', () => {
  const html = eventPages(document)
  for (const [name, { payload }] of Object.entries(messages)) {
    const section = html.split(`<h3 id="${name}">`)[1]?.split('</pre>')[0] ?? ''
    expect(html).toContain(`<a href="#${name}">`)
    const { properties } = payload as { properties: object }
    for (const field of Object.keys(properties)) expect(section).toContain(`<code>${field}</code>`)
    expect(section).toContain('&quot;specversion&quot;: &quot;1.0&quot;')
  }
  const odd = { ...document, info: { ...document.info, description: '<script>`x`</script>' } }
  expect(eventPages(odd)).toContain('&lt;script&gt;<code>x</code>&lt;/script&gt;')
})
