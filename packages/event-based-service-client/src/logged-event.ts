import type { EventContract } from '@prognetwork/contracts'
import { z } from 'zod'
import { personalFieldsOf } from './publisher.ts'
import type { EventContext, ReceivedEvent } from './subscriptions.ts'

/** One event as the log holds it. */
export interface LoggedEvent {
  readonly log: string
  readonly incarnation: string
  readonly position: number
  readonly tenantId: string
  readonly source: string
  readonly partition: number
  readonly id: string
  readonly type: string
  readonly version: number
  readonly key: string
  readonly aggregateVersion: number | null
  readonly time: string
  readonly traceparent: string | null
  readonly causationId: string | null
  readonly correlationId: string | null
  /** JSON text; personal fields are encrypted. */
  readonly data: string
  readonly replaying: boolean
}

/** A personal field as the log holds it, and whose it is. */
export interface SealedField {
  readonly name: string
  readonly sealed: unknown
  readonly subject: string
}

/**
 * Opens the personal fields of an event under its subjects' keys, and answers null for those of a
 * subject that was erased; runs before any transaction.
 */
export type DecryptPersonal = (
  ctx: EventContext,
  event: LoggedEvent,
  fields: readonly SealedField[],
) => Promise<Readonly<Record<string, unknown>>>

/** Brings the data of an older version of a type to the newest one. */
export type Upcast = (type: string, fromVersion: number, data: unknown) => unknown

export type OpenEvent = (ctx: EventContext, event: LoggedEvent) => Promise<ReceivedEvent>

/** Makes the function that turns what the log holds into what handlers get. */
export function createEventOpener(options: {
  readonly contracts: readonly EventContract[]
  readonly decryptPersonal?: DecryptPersonal
  readonly upcast?: Upcast
}): OpenEvent {
  const openers = new Map(
    options.contracts.map((contract) => [contract.type, createOpener(contract, options)] as const),
  )
  return async (ctx, event) => {
    const opener = openers.get(event.type)
    if (!opener) throw new Error(`${event.type} was not asked for`)
    const { id, source, type, time, key, aggregateVersion, log, incarnation, position } = event
    return {
      ...{ id, source, type, time, key, log, incarnation, position },
      ...(aggregateVersion !== null && { aggregateVersion }),
      data: await opener(ctx, event),
    }
  }
}

function createOpener(
  contract: EventContract,
  options: Parameters<typeof createEventOpener>[0],
): (ctx: EventContext, event: LoggedEvent) => Promise<Record<string, unknown>> {
  const subjects = personalFieldsOf(contract)
  const personal = [...subjects.keys()]
  const withoutPersonal = Object.entries(contract.data.shape).filter(
    ([field]) => !personal.includes(field),
  )
  const open = z.object(Object.fromEntries(withoutPersonal))
  return async (ctx, event) => {
    const data = currentVersion(contract, event, options.upcast)
    const encrypted = pick(data, personal)
    if (Object.keys(encrypted).length === 0) return contract.data.parse(data)
    if (options.decryptPersonal) {
      const fields = Object.entries(encrypted).map(([name, sealed]) => ({
        name,
        sealed,
        subject: String(data[subjects.get(name) ?? '']),
      }))
      const decrypted = await options.decryptPersonal(ctx, event, fields)
      return contract.data.parse({ ...data, ...decrypted })
    }
    return withSealed(open.parse(data), Object.keys(encrypted), contract.type)
  }
}

function currentVersion(
  contract: EventContract,
  event: LoggedEvent,
  upcast: Upcast | undefined,
): Record<string, unknown> {
  const data: unknown = JSON.parse(event.data)
  if (event.version === contract.version) return data as Record<string, unknown>
  if (event.version > contract.version || !upcast)
    throw new Error(
      `${event.type} of version ${event.version} cannot be read by version ${contract.version}`,
    )
  return upcast(event.type, event.version, data) as Record<string, unknown>
}

function pick(data: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) =>
      data[field] === undefined || data[field] === null ? [] : [[field, data[field]]],
    ),
  )
}

/** Most handlers need ids only, so an unreadable field is an error where it is read, not before. */
function withSealed(
  data: Record<string, unknown>,
  fields: readonly string[],
  type: string,
): Record<string, unknown> {
  for (const field of fields)
    Object.defineProperty(data, field, {
      get() {
        throw new Error(`${type}: this service has no key for the personal field "${field}"`)
      },
    })
  return data
}
