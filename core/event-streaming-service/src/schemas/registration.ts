import {
  type CompatibilityMode,
  type eventStreamingContract,
  schemaIncompatible,
  schemaLimitReached,
  schemaUnfit,
  typeReserved,
} from '@prognetwork/contracts/event-streaming'
import {
  type Audit,
  type Database,
  type Handlers,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { findIncompatibilities } from './compatibility.ts'
import { type Finding, isDeeperThan, type JsonObject } from './json-schema.ts'
import type { PlatformSchemas } from './platform-schemas.ts'
import { judgeDocument, readDocument } from './schema-document.ts'
import {
  countTypes,
  findNewest,
  insertVersion,
  lockSchemas,
  type RegisteredSchema,
} from './schemas.store.ts'
import { compileValidator } from './validator.ts'

type SchemaHandlers = Handlers<typeof eventStreamingContract>

const maxTypes = 500
const maxVersions = 100
const maxExampleCharacters = 65_536
const maxNesting = 100

/** How a tenant adds a version of a type of its own, or asks whether it could. */
export function createRegistration(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly platform: PlatformSchemas
  readonly onRegistered: (tenantId: string, registered: RegisteredSchema) => void
}) {
  const { db, audit, platform, onRegistered } = parts

  const register: SchemaHandlers['registerSchema'] = async (ctx, { params: { type }, body }) => {
    refuseReserved(type)
    const schema = asDocument(body.schema)
    const example = asDocument(body.example)
    refuseUnfit('/body/schema', judgeDocument(schema))
    refuseUnfit('/body/example', judgeExample(schema, example))
    const registered = await db.transaction(ctx, async (tx) => {
      await tx.run(lockSchemas())
      const [last] = await tx.run(findNewest(type))
      if (!last && ((await tx.run(countTypes()))[0]?.count ?? 0) >= maxTypes)
        throw new Problem(schemaLimitReached, `A tenant has at most ${maxTypes} types of events`)
      if (last && last.version >= maxVersions)
        throw new Problem(schemaLimitReached, `A type has at most ${maxVersions} versions`)
      const compatibility = modeOf(body.compatibility, last)
      if (last) refuseIncompatible(last, schema, compatibility)
      const version = (last?.version ?? 0) + 1
      const made = { type, version, compatibility, schema, example, registeredAt: ctx.now }
      await tx.batch([
        insertVersion(
          ...([type, version, compatibility] as const),
          ...([JSON.stringify(schema), JSON.stringify(example), ctx.now] as const),
        ),
        audit(ctx, {
          action: 'event_schema.registered',
          outcome: 'success',
          resource: `event_schema/${type}/${version}`,
        }),
        ctx.answer(ofTenant(made)),
      ])
      return made
    })
    onRegistered(ctx.scope.tenantId, registered)
    return ofTenant(registered)
  }

  const check: SchemaHandlers['checkCompatibility'] = async (ctx, { params: { type }, body }) => {
    refuseReserved(type)
    const schema = asDocument(body.schema)
    refuseUnfit('/body/schema', judgeDocument(schema))
    const [last] = await db.read(ctx, findNewest(type))
    const compatibility = modeOf(body.compatibility, last)
    const findings = last ? findIncompatibilities(last.schema, schema, compatibility) : []
    return {
      compatible: findings.length === 0,
      ...{ compatibility, findings },
      version: last?.version ?? null,
    }
  }

  function refuseReserved(type: string): void {
    if (!platform.isReserved(type)) return
    const [aggregate = ''] = type.split('.')
    throw new Problem(typeReserved, `Name the aggregate otherwise than ${aggregate}`)
  }

  return { register, check }
}

/** A version as the contract shows it. */
export function ofTenant(one: RegisteredSchema) {
  return { ...one, owner: 'tenant' as const, service: null }
}

const modeOf = (asked: CompatibilityMode | undefined, last: RegisteredSchema | undefined) =>
  asked ?? last?.compatibility ?? 'backward'

/** What was parsed from JSON is JSON. */
const asDocument = (value: Readonly<Record<string, unknown>>) => value as JsonObject

function judgeExample(schema: JsonObject, example: JsonObject): readonly Finding[] {
  if (isDeeperThan(example, maxNesting))
    return [{ pointer: '', detail: `nests deeper than ${maxNesting} levels` }]
  if (JSON.stringify(example).length > maxExampleCharacters)
    return [{ pointer: '', detail: `is larger than ${maxExampleCharacters} characters` }]
  return compileValidator(readDocument(schema))(example)
}

function refuseUnfit(place: '/body/schema' | '/body/example', findings: readonly Finding[]): void {
  if (findings.length === 0) return
  const isSchema = place === '/body/schema'
  const expected = isSchema ? 'JSON Schema (draft 2020-12)' : 'data that fits the schema'
  throw new Problem(
    schemaUnfit,
    isSchema ? 'The schema cannot be used as it is' : 'The example does not fit the schema',
    {
      errors: findings.map(({ pointer, detail }) => ({
        ...{ pointer: `${place}${pointer}`, expected, detail },
      })),
    },
  )
}

function refuseIncompatible(
  last: RegisteredSchema,
  schema: JsonObject,
  mode: CompatibilityMode,
): void {
  const findings = findIncompatibilities(last.schema, schema, mode)
  if (findings.length === 0) return
  const expected = `what is compatible with version ${last.version} (${mode})`
  throw new Problem(
    schemaIncompatible,
    `It is not ${mode} compatible with version ${last.version}; where a new meaning is meant, name a new type`,
    {
      errors: findings.map(({ direction, pointer, detail }) =>
        direction === 'backward'
          ? { pointer: `/body/schema${pointer}`, expected, detail }
          : {
              ...{ pointer: '/body/schema', expected },
              detail: `${detail} (${pointer || '/'} of version ${last.version})`,
            },
      ),
    },
  )
}
