// Personal fields of events are encrypted under keys that only their publisher holds. Every publisher
// of such fields answers this operation, between services, without writing it; consumers of its
// events ask before their transaction.
import { type Context, common, contract, operation, versionsOf } from '@prognetwork/contracts'
import {
  type DecryptPersonal,
  personalFieldsOf,
  type SealedField,
} from '@prognetwork/event-based-service-client'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { DatabaseInternals } from '../database/database.ts'
import { statement } from '../database/statement.ts'
import { type KeyRing, Tampered } from '../key-ring/key-ring.ts'
import { decryptPersonal, openSubjectKey } from '../key-ring/personal.ts'
import type { AnyDefinition } from '../service/definition.ts'
import { Problem } from '../service/failure.ts'
import type { Call } from './call.ts'
import { type OperationHost, type RunnableOperation, runnable } from './operation.ts'

/** How long a key may be used after its subject was erased. */
const keptMs = 5 * 60_000
const maxKept = 10_000

function openSubjectKeyOf(publisher: string, consumers: readonly string[]) {
  const { operations } = contract(publisher, {
    openSubjectKey: operation('POST', '/v1/subject-key-openings', {
      summary: 'The key that personal fields of one subject in events of one type are opened with',
      auth: { service: consumers },
      body: z.strictObject({ type: z.string(), subject: z.string() }),
      /** Base64url; null when the subject was erased. */
      reply: { 200: z.object({ key: z.string().nullable() }) },
      example: { body: { type: 'user.created', subject: '1' }, reply: { key: null } },
    }),
  })
  return operations.openSubjectKey
}

const findKey = statement<{ wrapped: Buffer }, [subject: string]>(
  'subject_key.find',
  'select wrapped from subject_key where subject = $1',
)

/**
 * The operation for a service that publishes personal fields; none for any other. A key is given
 * for events that the caller consumes, and of the tenant that the call is made in.
 */
export function subjectKeyOperation(
  definition: AnyDefinition,
  definitions: readonly AnyDefinition[],
  parts: { readonly database: DatabaseInternals | undefined; readonly keyRing: KeyRing },
  host: OperationHost,
): RunnableOperation | undefined {
  const { database, keyRing } = parts
  const types = definition.publishes
    // History holds what was personal in any version.
    .filter((event) => versionsOf(event).some((one) => personalFieldsOf(one).size > 0))
    .map((event) => event.type)
  if (types.length === 0 || !database) return undefined
  const consumersOf = (type: string) =>
    definitions
      .filter((one) => one.consumes.some((event) => event.type === type))
      .map((one) => one.name)
  const declared = openSubjectKeyOf(definition.name, types.flatMap(consumersOf))
  const handler = async (
    ctx: Context,
    { body: { type, subject } }: { body: { type: string; subject: string } },
  ) => {
    if (!types.includes(type) || !consumersOf(type).includes(ctx.caller ?? ''))
      throw new Problem(common.permissionDenied, `The caller consumes no ${type} of this service`)
    const [row] = await database.read(ctx, findKey(subject))
    if (!row) return { key: null }
    const key = openSubjectKey(keyRing, row.wrapped, `${ctx.scope.tenantId}/${subject}`)
    return { key: Buffer.from(key).toString('base64url') }
  }
  return runnable(declared, handler as Parameters<typeof runnable>[1], host)
}

/**
 * Opens fields by asking their publisher. What does not open under the subject's present key was
 * written under one that has been erased since, so it is null as well.
 */
export function createPersonalFields(call: Call): DecryptPersonal {
  const kept = new LRUCache<string, Promise<Uint8Array | null>>({ max: maxKept, ttl: keptMs })

  async function ask(
    ctx: Context,
    { source, type }: { source: string; type: string },
    subject: string,
  ): Promise<Uint8Array | null> {
    const { key } = await call(ctx, openSubjectKeyOf(source, []), { body: { type, subject } })
    return key === null ? null : Buffer.from(key, 'base64url')
  }

  return async (ctx, event, fields) => {
    const open = async ({ name, sealed, subject }: SealedField) => {
      const context = `${ctx.scope.tenantId}/${subject}`
      const place = `${event.source} ${event.type} ${context}`
      const known = kept.get(place)
      const asked = known ?? ask(ctx, event, subject)
      if (!known) {
        kept.set(place, asked)
        asked.catch(() => kept.delete(place))
      }
      const value = opened(await asked, sealed, context)
      // It may have been kept since before the subject was erased and came back.
      if (value !== null || !known) return [name, value] as const
      kept.delete(place)
      return [name, opened(await ask(ctx, event, subject), sealed, context)] as const
    }
    return Object.fromEntries(await Promise.all(fields.map(open)))
  }
}

function opened(key: Uint8Array | null, sealed: unknown, context: string): unknown {
  if (key === null) return null
  try {
    return decryptPersonal(key, String(sealed), context)
  } catch (error) {
    if (error instanceof Tampered) return null
    throw error
  }
}
