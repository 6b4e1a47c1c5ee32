import type { Context } from '@prognetwork/contracts'
import { type eventStreamingContract, schemaMissing } from '@prognetwork/contracts/event-streaming'
import {
  type Audit,
  type Database,
  type Handlers,
  type InputError,
  type LogAccess,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { type Finding, isDeeperThan } from './json-schema.ts'
import { createPlatformSchemas } from './platform-schemas.ts'
import { createRegistration, ofTenant } from './registration.ts'
import { readDocument } from './schema-document.ts'
import {
  findNewestVersion,
  findVersion,
  listTypes,
  listVersions,
  type RegisteredSchema,
} from './schemas.store.ts'
import { compileValidator, type Validator } from './validator.ts'

type SchemaHandlers = Handlers<typeof eventStreamingContract>

/** Whether data fits; with the version that it was held against. */
export type Validity =
  | { readonly fits: true; readonly version: number }
  /** Pointers go into the data. */
  | { readonly fits: false; readonly version: number; readonly errors: readonly InputError[] }

/** Of the schemas whose validators are kept; one character makes some fifty bytes of code. */
const maxKeptCharacters = 1_000_000
const maxNewest = 10_000
/** How long another process may publish under what was the newest version, or under none. */
const newestMs = 1_000
const maxNesting = 100
/** A schema of many values takes its number of steps for each value in the data. */
const maxDataCharacters = 262_144

/** Schemas of events: the platform's, which every tenant reads, and those of tenants themselves. */
export function createSchemas(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly publishers: LogAccess['publishers']
}) {
  const { db } = parts
  const platform = createPlatformSchemas(parts.publishers)
  const validators = new LRUCache<string, Validator>({ maxSize: maxKeptCharacters })
  const newest = new LRUCache<string, Promise<number | undefined>>({
    max: maxNewest,
    ttl: newestMs,
  })
  const { register, check } = createRegistration({
    ...{ ...parts, platform },
    onRegistered: (tenantId, { type, version }) =>
      newest.set(`${tenantId} ${type}`, Promise.resolve(version)),
  })

  const list: SchemaHandlers['listSchemas'] = async (ctx, { query: { after, limit } }) => {
    const [last = ''] = readCursor(after, z.tuple([z.string()])) ?? []
    const own = await db.read(ctx, listTypes(last, limit + 1))
    const ours = platform.types.filter((type) => type > last).slice(0, limit + 1)
    const rows = [...own.map(summaryOfTenants), ...ours.map(summaryOfPlatforms)]
    rows.sort((one, other) => (one.type < other.type ? -1 : 1))
    return listPage(rows, limit, (row) => [row.type])
  }

  function summaryOfPlatforms(type: string) {
    const [first] = platform.versions(type)
    if (!first) throw new Error(`${type} has no version`)
    const { version, schema: _, example: __, ...rest } = first
    return { ...rest, newestVersion: version }
  }

  const versions: SchemaHandlers['listSchemaVersions'] = async (ctx, { params, query }) => {
    const [before = maxVersion] = readCursor(query.after, z.tuple([z.int()])) ?? []
    const ours = platform.versions(params.type)
    const rows =
      ours.length > 0
        ? ours.filter((one) => one.version < before)
        : (await db.read(ctx, listVersions(params.type, before, query.limit + 1))).map(ofTenant)
    if (rows.length === 0 && query.after === undefined) throw missing()
    return listPage(rows, query.limit, (row) => [row.version])
  }

  const read: SchemaHandlers['readSchemaVersion'] = async (ctx, { params: { type, version } }) => {
    const ours = platform.versions(type).find((one) => one.version === version)
    if (ours) return ours
    const [found] = await db.read(ctx, findVersion(type, version))
    return found ? ofTenant(found) : missing()
  }

  /**
   * Holds the data of a tenant's event against one version, or the newest; undefined when the tenant
   * has registered no such type or version. What was registered elsewhere a moment ago may not be
   * the newest yet.
   */
  async function validate(
    ctx: Context,
    type: string,
    version: number | undefined,
    data: unknown,
  ): Promise<Validity | undefined> {
    const asked = version ?? (await newestOf(ctx, type))
    const validator = asked === undefined ? undefined : await validatorOf(ctx, type, asked)
    if (asked === undefined || !validator) return undefined
    const findings = tooMuch(data) ?? validator(data)
    if (findings.length === 0) return { fits: true, version: asked }
    const expected = `data of ${type} of version ${asked}`
    return {
      ...{ fits: false, version: asked },
      errors: findings.map(({ pointer, detail }) => ({ pointer, expected, detail })),
    }
  }

  /** Asked for once, however many events of the type come at once. */
  function newestOf(ctx: Context, type: string): Promise<number | undefined> {
    const place = `${ctx.scope.tenantId} ${type}`
    const known = newest.get(place)
    if (known) return known
    const asked = db.read(ctx, findNewestVersion(type)).then(([found]) => found?.version)
    newest.set(place, asked)
    asked.catch(() => {
      if (newest.peek(place) === asked) newest.delete(place)
    })
    return asked
  }

  async function validatorOf(
    ctx: Context,
    type: string,
    version: number,
  ): Promise<Validator | undefined> {
    const place = `${ctx.scope.tenantId} ${type} ${version}`
    const known = validators.get(place)
    if (known) return known
    const [found] = await db.read(ctx, findVersion(type, version))
    if (!found) return undefined
    const validator = compileValidator(readDocument(found.schema))
    validators.set(place, validator, { size: JSON.stringify(found.schema).length })
    return validator
  }

  return {
    handlers: {
      checkCompatibility: check,
      listSchemas: list,
      listSchemaVersions: versions,
      readSchemaVersion: read,
      registerSchema: register,
    },
    validate,
  }
}

const maxVersion = 2_147_483_647

function summaryOfTenants(one: Omit<RegisteredSchema, 'schema' | 'example'>) {
  const { version, ...rest } = one
  return { ...rest, newestVersion: version, owner: 'tenant' as const, service: null }
}

function tooMuch(data: unknown): readonly Finding[] | undefined {
  if (isDeeperThan(data, maxNesting))
    return [{ pointer: '', detail: `nests deeper than ${maxNesting} levels` }]
  if (JSON.stringify(data).length > maxDataCharacters)
    return [{ pointer: '', detail: `is larger than ${maxDataCharacters} characters` }]
  return undefined
}

function missing(): never {
  throw new Problem(schemaMissing, 'No event has a schema of this type and version')
}
