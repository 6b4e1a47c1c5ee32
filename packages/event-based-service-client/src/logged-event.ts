import { type EventContract, versionsOf } from '@prognetwork/contracts'
import { z } from 'zod'
import { personalFieldsOf } from './publisher.ts'
import type { EventContext, ReceivedEvent } from './subscriptions.ts'
import { readWritten, writtenVersion } from './written-version.ts'

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

export type OpenEvent = (ctx: EventContext, event: LoggedEvent) => Promise<ReceivedEvent>

/**
 * Makes the function that turns what the log holds into what handlers get: data of the version that
 * a contract has, whichever version was written.
 */
export function createEventOpener(options: {
  readonly contracts: readonly EventContract[]
  readonly decryptPersonal?: DecryptPersonal
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

type Opener = (ctx: EventContext, event: LoggedEvent) => Promise<Record<string, unknown>>

function createOpener(
  contract: EventContract,
  options: Parameters<typeof createEventOpener>[0],
): Opener {
  // What is sealed is what was personal in the version that was written.
  const subjectsOf = new Map(
    versionsOf(contract).map((one) => [one.version, personalFieldsOf(one)] as const),
  )
  const open = withoutPersonal(contract)
  return async (ctx, event) => {
    const { type, version } = event
    writtenVersion(contract, version)
    const data: Record<string, unknown> = JSON.parse(event.data)
    const subjects = subjectsOf.get(version) ?? new Map<string, string>()
    const encrypted = pick(data, [...subjects.keys()])
    const names = Object.keys(encrypted)
    if (names.length === 0) return readWritten(contract, version, data)
    if (options.decryptPersonal) {
      const fields = Object.entries(encrypted).map(([name, sealed]) => ({
        name,
        sealed,
        subject: String(data[subjects.get(name) ?? '']),
      }))
      const decrypted = await options.decryptPersonal(ctx, event, fields)
      return readWritten(contract, version, { ...data, ...decrypted })
    }
    if (version !== contract.version)
      throw new Error(
        `${type} of version ${version}: this service has no key for its personal fields, which ` +
          `version ${contract.version} is made from`,
      )
    return withSealed(open.parse(data), names, type)
  }
}

function withoutPersonal(contract: EventContract): z.ZodObject {
  const personal = personalFieldsOf(contract)
  const fields = Object.entries(contract.data.shape).filter(([field]) => !personal.has(field))
  return z.object(Object.fromEntries(fields))
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
