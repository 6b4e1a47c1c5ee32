import { randomUUID } from 'node:crypto'
import type { Context } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import type { Parts } from '@prognetwork/shared-infrastructure'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { services, startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../src/schemas/json-schema.ts'
import { createSchemas } from '../src/schemas/schemas.ts'

const { listSchemas, listSchemaVersions, readSchemaVersion, registerSchema, checkCompatibility } =
  eventStreamingContract.operations

let platform: TestPlatform
let shop: TestShop
let other: TestShop
let parts: Parts<object>

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: services.map(captured) })
  shop = await platform.shop()
  other = await platform.shop()
})
afterAll(() => platform?.stop())

/** The service as it is, with what it was given kept for a look. */
function captured(definition: AnyDefinition): AnyDefinition {
  if (definition.name !== 'event-streaming-service') return definition
  return {
    ...definition,
    start(given: never) {
      parts = given
      return definition.start(given)
    },
  } as AnyDefinition
}

const parcel = {
  type: 'object',
  properties: { parcelId: { type: 'string' }, weightGrams: { type: 'integer', minimum: 1 } },
  required: ['parcelId'],
  additionalProperties: false,
} satisfies JsonObject
const example = { parcelId: 'P-1', weightGrams: 5 }
const looser = { ...parcel, properties: { ...parcel.properties, note: { type: 'string' } } }
const stricter = { ...parcel, required: ['parcelId', 'weightGrams'] }

let made = 0
const newType = () => `parcel_${++made}.handed_over`

const register = (type: string, schema: JsonObject, more: object = {}, by = shop.staff) =>
  by.call(registerSchema, { params: { type }, body: { schema, example, ...more } })

describe('registering', () => {
  test('makes the first version, and the next ones that it is compatible with', async () => {
    const type = newType()
    const first = await register(type, parcel)
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({ version: 1, compatibility: 'backward', schema: parcel })
    const second = await register(type, looser)
    expect(second.body).toMatchObject({ version: 2, owner: 'tenant', service: null, example })
    const third = await register(type, parcel)
    expect(third.problem.code).toBe('event_streaming.schema_incompatible')
    expect(third.problem.errors).toEqual([
      {
        pointer: '/body/schema/additionalProperties',
        expected: 'what is compatible with version 2 (backward)',
        detail: 'The last version allows a field "note", and this one does not',
      },
    ])
    expect((await register(type, parcel, { compatibility: 'forward' })).body.version).toBe(3)
    const full = await register(type, stricter, { compatibility: 'full' })
    expect(full.problem.errors?.[0]?.pointer).toBe('/body/schema/required')
    const fourth = await register(type, looser)
    expect(fourth.problem.errors).toEqual([
      {
        pointer: '/body/schema',
        expected: 'what is compatible with version 3 (forward)',
        detail:
          'This version allows a field "note", and the last one does not (/additionalProperties of version 3)',
      },
    ])
  })

  test('answers a repeated request once', async () => {
    const type = newType()
    const input = { params: { type }, body: { schema: parcel, example } }
    const key = { 'idempotency-key': randomUUID() }
    const first = await shop.staff.call(registerSchema, input, key)
    const second = await shop.staff.call(registerSchema, input, key)
    expect(second.body).toEqual(first.body)
    const { body } = await shop.staff.call(listSchemaVersions, { params: { type }, query: {} })
    expect(body.items).toHaveLength(1)
  })

  test('of many at once gives each a version of its own', async () => {
    const type = newType()
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(type, parcel)))
    expect(answers.map((one) => one.body.version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('is refused for an aggregate of the platform', async () => {
    for (const type of ['user.created', 'product.painted'])
      expect((await register(type, parcel)).problem.code).toBe('event_streaming.type_reserved')
    const check = await shop.staff.call(checkCompatibility, {
      params: { type: 'stock.counted' },
      body: { schema: parcel },
    })
    expect(check.problem.code).toBe('event_streaming.type_reserved')
  })

  test('is refused with findings for what cannot be understood', async () => {
    const wrong = { ...parcel, if: {}, properties: { a: { pattern: '(?=x)' } } }
    for (const answer of [
      await register(newType(), wrong),
      await shop.staff.call(checkCompatibility, {
        params: { type: newType() },
        body: { schema: wrong },
      }),
    ]) {
      expect(answer.problem.code).toBe('event_streaming.schema_unfit')
      expect(answer.problem.errors?.map((one) => one.pointer)).toEqual([
        '/body/schema/properties/a/pattern',
        '/body/schema/if',
      ])
    }
  })

  test('is refused when the example does not fit', async () => {
    const unfit = await register(newType(), parcel, {
      example: { parcelId: 'P-1', weightGrams: 0 },
    })
    expect(unfit.problem).toMatchObject({
      code: 'event_streaming.schema_unfit',
      errors: [{ pointer: '/body/example/weightGrams', detail: 'must be >= 1' }],
    })
  })

  test('is refused for a type that is none, and for a body that is too deep to be read', async () => {
    expect((await register('Parcel', parcel)).problem.code).toBe('request.invalid')
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const { status } = await shop.staff.raw('POST', `/api/v1/schemas/${newType()}/versions`, {
      headers: { 'content-type': 'application/json' },
      body: `{"schema":{"type":"object","const":${deep}},"example":{}}`,
    })
    expect(status).toBeLessThan(500)
  })

  test('ends at a number of types and of versions', async () => {
    const crowded = await platform.shop()
    const type = newType()
    const fill = (types: string, versions: number) =>
      platform.sql.query(
        `insert into event_streaming_service.event_schema
           (tenant_id, type, version, compatibility, schema, example, registered_at)
         select $1, ${types}, version, 'backward', $2, $3, now()
         from generate_series(1, ${versions}) as version`,
        [crowded.id, parcel, example],
      )
    await fill(`'${type}'`, 100)
    const full = await register(type, parcel, {}, crowded.staff)
    expect(full.problem.detail).toBe('A type has at most 100 versions')
    await fill(`'letter_' || version || '.sent'`, 499)
    const many = await register(newType(), parcel, {}, crowded.staff)
    expect(many.problem.code).toBe('event_streaming.schema_limit_reached')
    expect(many.problem.detail).toBe('A tenant has at most 500 types of events')
  })
})

test('a check says what a registration would, and registers nothing', async () => {
  const type = newType()
  const check = (schema: JsonObject, more: object = {}) =>
    shop.staff.call(checkCompatibility, { params: { type }, body: { schema, ...more } })
  expect((await check(parcel)).body).toEqual({
    ...{ compatible: true, compatibility: 'backward', version: null, findings: [] },
  })
  await register(type, parcel)
  expect((await check(looser)).body).toMatchObject({ compatible: true, version: 1 })
  expect((await check(looser, { compatibility: 'full' })).body).toMatchObject({
    compatible: false,
    findings: [{ direction: 'forward', pointer: '/additionalProperties' }],
  })
  const { body } = await shop.staff.call(listSchemaVersions, { params: { type }, query: {} })
  expect(body.items).toHaveLength(1)
})

describe('reading', () => {
  test('lists the types of the platform and of the tenant by name, page by page', async () => {
    const type = newType()
    await register(type, parcel)
    await register(type, looser)
    const all: Awaited<ReturnType<typeof page>>['items'] = []
    const page = async (after?: string) =>
      (await shop.staff.call(listSchemas, { query: { limit: '7', ...(after && { after }) } })).body
    for (let after: string | undefined; ; ) {
      const { items, next } = await page(after)
      all.push(...items)
      if (next === null) break
      after = next
    }
    const types = all.map((one) => one.type)
    expect(types).toEqual([...new Set(types)].sort())
    expect(all).toContainEqual(
      expect.objectContaining({ type, newestVersion: 2, owner: 'tenant', service: null }),
    )
    expect(all).toContainEqual({
      ...{ type: 'user.created', newestVersion: 1, owner: 'platform', service: 'user-service' },
      ...{ compatibility: null, registeredAt: null },
    })
  })

  test("shows the platform's schemas to every tenant, personal fields named as such", async () => {
    const params = { type: 'user.created', version: '1' }
    const { body } = await other.staff.call(readSchemaVersion, { params })
    expect(body).toMatchObject({
      owner: 'platform',
      service: 'user-service',
      schema: { properties: { email: { 'x-personal': 'userId' } } },
      example: { email: 'ada@example.com' },
    })
    const { body: versions } = await other.staff.call(listSchemaVersions, {
      params: { type: 'user.created' },
      query: {},
    })
    expect(versions).toEqual({ items: [body], next: null })
  })

  test('pages through the versions of a type, newest first', async () => {
    const type = newType()
    for (let count = 0; count < 3; count++) await register(type, parcel)
    const page = (query: object) => shop.staff.call(listSchemaVersions, { params: { type }, query })
    const first = await page({ limit: '2' })
    expect(first.body.items.map((one) => one.version)).toEqual([3, 2])
    const second = await page({ limit: '2', after: first.body.next })
    expect(second.body.items.map((one) => one.version)).toEqual([1])
    expect(second.body.next).toBeNull()
    const one = await shop.staff.call(readSchemaVersion, { params: { type, version: '1' } })
    expect(one.body).toEqual(second.body.items[0])
  })

  test("finds nothing of another tenant's, whose types have names of their own", async () => {
    const type = newType()
    await register(type, parcel)
    const params = { type, version: '1' }
    const missing = 'event_streaming.schema_missing'
    const read = await other.staff.call(readSchemaVersion, { params })
    expect(read.problem.code).toBe(missing)
    const listed = await other.staff.call(listSchemaVersions, { params: { type }, query: {} })
    expect(listed.problem.code).toBe(missing)
    const theirs = await register(type, stricter, {}, other.staff)
    expect(theirs.body.version).toBe(1)
  })
})

test('schemas are for who may read them, and for who may add them', async () => {
  const params = { type: newType(), version: '1' }
  const body = { schema: parcel, example }
  for (const [who, status] of [
    [platform.anonymous.at(shop.slug), 401],
    [await platform.person(), 403],
  ] as const) {
    const answers = [
      await who.call(listSchemas, { query: {} }),
      await who.call(listSchemaVersions, { params: { type: params.type }, query: {} }),
      await who.call(readSchemaVersion, { params }),
      await who.call(registerSchema, { params: { type: params.type }, body }),
      await who.call(checkCompatibility, {
        params: { type: params.type },
        body: { schema: parcel },
      }),
    ]
    expect(answers.map((one) => one.status)).toEqual(answers.map(() => status))
  }
})

describe('data of events', () => {
  const contextOf = (tenantId: string) => ({ scope: { tenantId }, now: '' }) as unknown as Context
  const schemas = () =>
    createSchemas({
      db: parts.db,
      audit: parts.audit,
      publishers: parts.logAccess?.publishers ?? [],
    })

  test('are held against the newest version, or against the one that is named', async () => {
    const type = newType()
    await register(type, parcel)
    const one = schemas()
    const ctx = contextOf(shop.id)
    expect(await one.validate(ctx, type, undefined, example)).toEqual({ fits: true, version: 1 })
    await register(type, looser)
    const note = { ...example, note: 'n' }
    expect(await one.validate(ctx, type, 1, note)).toEqual({
      fits: false,
      version: 1,
      errors: [
        {
          pointer: '/note',
          expected: `data of ${type} of version 1`,
          detail: 'must not be there',
        },
      ],
    })
    expect(await one.validate(ctx, type, 2, note)).toEqual({ fits: true, version: 2 })
    // Another process hears of the newest within a second; of one that is named, at once.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await one.validate(ctx, type, undefined, note)).toEqual({ fits: true, version: 2 })
  })

  test('of a type that nobody registered cost one look, until somebody registers it', async () => {
    const type = newType()
    let looks = 0
    const read: typeof parts.db.read = (ctx, one) => {
      looks += 1
      return parts.db.read(ctx, one)
    }
    const { publishers = [] } = parts.logAccess ?? {}
    const one = createSchemas({ db: { ...parts.db, read }, audit: parts.audit, publishers })
    const ctx = contextOf(shop.id)
    const many = Array.from({ length: 200 }, () => one.validate(ctx, type, undefined, { any: 1 }))
    expect(new Set(await Promise.all(many))).toEqual(new Set([undefined]))
    expect(looks).toBe(1)
    await register(type, parcel)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await one.validate(ctx, type, undefined, { any: 1 })).toMatchObject({ fits: false })
  })

  test('are unknown under a type of another tenant, of the platform, or of nobody', async () => {
    const type = newType()
    await register(type, parcel)
    const one = schemas()
    expect(await one.validate(contextOf(shop.id), type, undefined, example)).toBeDefined()
    for (const [tenant, of, version] of [
      [other.id, type, undefined],
      [other.id, type, 1],
      [shop.id, type, 9],
      [shop.id, 'user.created', undefined],
    ] as const)
      expect(await one.validate(contextOf(tenant), of, version, example)).toBeUndefined()
  })

  test('that nest without end, or are too large to be held against a schema, do not fit', async () => {
    const type = newType()
    await register(type, { type: 'object' })
    let deep: unknown = []
    for (let depth = 0; depth < 10_000; depth++) deep = [deep]
    expect(await schemas().validate(contextOf(shop.id), type, 1, { deep })).toMatchObject({
      fits: false,
      errors: [{ detail: 'nests deeper than 100 levels' }],
    })
    const large = { text: 'x'.repeat(300_000) }
    expect(await schemas().validate(contextOf(shop.id), type, 1, large)).toMatchObject({
      fits: false,
      errors: [{ detail: 'is larger than 262144 characters' }],
    })
  })
})
