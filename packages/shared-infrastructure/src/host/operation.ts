import { createHash } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { type Context, common, type NamedOperation, success } from '@prognetwork/contracts'
import type { z } from 'zod'
import type { DatabaseInternals, WorkContext } from '../database/database.ts'
import {
  answerStatement,
  ClaimInFlight,
  ClaimTaken,
  type IdempotencyClaim,
  type StoredAnswer,
} from '../database/idempotency.ts'
import type { Handover } from '../door/handover.ts'
import { inputErrors, unstorableText } from '../http/input-errors.ts'
import { replySerializer } from '../http/reply-serializer.ts'
import { type InputError, Problem, Unavailable } from '../service/failure.ts'
import { newId } from '../service/identifier.ts'
import { scopeOf } from '../service/scope.ts'
import { logOfWork } from '../telemetry/log.ts'
import { type OperationEnd, operationEnds } from './operation-ends.ts'
import { boundedBody, defaultBodyLimitBytes, isStream } from './streaming.ts'
import { type TouchedObjects, touchedObjects } from './touched-objects.ts'

/** A request before it is parsed, from HTTP or from a call inside the process. */
export interface RawInput {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
  readonly headers?: unknown
}

export interface Work {
  readonly handover: Handover
  readonly input: RawInput
  readonly idempotencyKey?: string
  readonly userAgent?: string
}

/** An operation with its handler: what HTTP and in-process calls both run. */
export interface RunnableOperation {
  readonly operation: NamedOperation
  readonly status: number
  /** The reply's body as JSON text; undefined for 204. */
  readonly serialize: ((output: unknown) => string) | undefined
  /** Tells a span of it what it was about. */
  readonly touched: TouchedObjects
  run(work: Work): Promise<unknown>
}

type AnyHandler = (ctx: Context, input: never) => unknown

export interface OperationHost {
  readonly database: DatabaseInternals | undefined
  /** Business time of a tenant, RFC 3339. */
  readonly now: (tenantId: string) => string
  readonly log: Context['log']
}

export function runnable(
  operation: NamedOperation,
  handler: AnyHandler,
  host: OperationHost,
): RunnableOperation {
  const { status, schema } = success(operation)
  return {
    operation,
    status,
    serialize: status === 204 ? undefined : replySerializer(schema),
    touched: touchedObjects(operation),
    async run(work) {
      try {
        const output = await carryOut(operation, handler, work, host)
        announce(operation, 'ok')
        return output
      } catch (error) {
        announce(operation, error instanceof Problem ? error.code : 'failed')
        throw error
      }
    },
  }
}

const ends = channel(operationEnds)

function announce(operation: NamedOperation, answer: string): void {
  if (ends.hasSubscribers) ends.publish({ operation, answer } satisfies OperationEnd)
}

async function carryOut(
  operation: NamedOperation,
  handler: AnyHandler,
  work: Work,
  host: OperationHost,
): Promise<unknown> {
  authorize(operation, work.handover)
  const input = parseInput(operation, work.input)
  const ctx = contextFor(work, host)
  if (!operation.shape.idempotent) return handler(ctx, input as never)
  return runIdempotent(operation, handler, ctx, input, work, host)
}

/** The one place where a declared `auth` is enforced, whatever way the work came. */
function authorize(operation: NamedOperation, handover: Handover): void {
  const { auth } = operation.shape
  const { principal, caller } = handover
  if ('public' in auth) return
  if ('service' in auth) {
    if (caller !== undefined && auth.service.includes(caller)) return
    throw new Problem(common.permissionDenied, 'Only other services of the platform may call this')
  }
  if (principal.kind === 'anonymous')
    throw new Problem(common.credentialMissing, 'Sign in, or send an API key', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  if ('permission' in auth && !principal.permissions.has(auth.permission))
    throw new Problem(common.permissionDenied, `This needs the permission ${auth.permission}`)
}

function parseInput(operation: NamedOperation, raw: RawInput): Record<string, unknown> {
  const parts: Record<string, unknown> = {}
  const errors: InputError[] = []
  const { upload, bodyLimitBytes = defaultBodyLimitBytes } = operation.shape
  for (const part of ['params', 'query', 'body'] as const) {
    const schema: z.ZodType | undefined = operation.shape[part]
    if (part === 'body' && upload !== undefined) {
      if (isStream(raw.body)) parts.body = boundedBody(raw.body, bodyLimitBytes)
      else errors.push({ pointer: '/body', expected: upload, detail: 'There is no body' })
      continue
    }
    if (!schema) {
      refuseUnexpected(part, raw[part], errors)
      continue
    }
    const unstorable = unstorableText(raw[part], `/${part}`)
    if (unstorable) {
      errors.push(unstorable)
      continue
    }
    const parsed = schema.safeParse(raw[part])
    if (parsed.success) parts[part] = parsed.data
    else errors.push(...inputErrors(parsed.error, part))
  }
  const headers = operation.shape.headers?.safeParse(raw.headers ?? {})
  if (headers?.success) parts.headers = headers.data
  else if (headers) errors.push(...inputErrors(headers.error, 'headers'))
  if (errors.length > 0) throw new Problem(common.requestInvalid, summary(errors), { errors })
  return parts
}

function refuseUnexpected(part: string, value: unknown, errors: InputError[]): void {
  if (value === undefined || value === null) return
  for (const key of Object.keys(value))
    errors.push({
      pointer: `/${part}/${key.slice(0, 100)}`,
      expected: 'no such field',
      detail: `The operation takes no ${part}`,
    })
}

function summary(errors: readonly InputError[]): string {
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return `${first?.pointer}: expected ${first?.expected}${more}`
}

function contextFor(work: Work, host: OperationHost): Context {
  const { handover } = work
  return {
    principal: handover.principal,
    scope: scopeOf(handover.tenantId),
    now: host.now(handover.tenantId),
    trace: handover.trace,
    log: logOfWork(host.log, handover.trace.traceId, handover.tenantId),
    address: handover.address,
    ...(handover.caller !== undefined && { caller: handover.caller }),
    ...(work.userAgent !== undefined && { userAgent: work.userAgent }),
  }
}

/**
 * Same key and request: the first answer again. Another request under the key: 422. The first one
 * still under way: 409. The claim commits with the effect, so a thrown problem stores nothing.
 *
 * Most requests are the first with their key, so the answer is looked for only when this one came to
 * nothing: the claim was taken, or what it is about is no longer as the first one found it. What a
 * handler does outside is named by `effectId`, before which it is looked for as well.
 */
async function runIdempotent(
  operation: NamedOperation,
  handler: AnyHandler,
  ctx: Context,
  input: Record<string, unknown>,
  work: Work,
  host: OperationHost,
): Promise<unknown> {
  const claim = work.idempotencyKey === undefined ? undefined : claimOf(operation, ctx, input, work)
  if (!claim || !host.database)
    return handler(
      { ...ctx, answer: () => ignoredAnswer, effectId: async () => newId() } as Context,
      input as never,
    )
  const { database } = host
  let answered = false
  const idempotent = {
    ...ctx,
    idempotency: claim,
    async effectId() {
      if (await database.storedAnswer(ctx, claim)) throw new ClaimTaken('answered before')
      return effectIdOf(claim, ctx)
    },
    answer(output: unknown) {
      answered = true
      return answerStatement(output)
    },
  } satisfies WorkContext & { answer: unknown; effectId: unknown }
  try {
    const output = await handler(idempotent, input as never)
    if (!answered) throw new Error(`${operation.name} returned without ctx.answer(...)`)
    return output
  } catch (error) {
    if (error instanceof ClaimInFlight)
      throw new Problem(common.idempotencyInFlight, 'Ask again when it has finished', {
        headers: { 'retry-after': '1' },
      })
    const looking = database.storedAnswer(ctx, claim)
    // What is away may be another service, and the answer of before is here.
    const stored =
      error instanceof Unavailable ? await looking.catch(() => undefined) : await looking
    if (!stored) throw error
    return repeated(stored, claim)
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8) made of whose key it is. */
function effectIdOf({ principal, operation, key }: IdempotencyClaim, ctx: Context): string {
  const whose = JSON.stringify([ctx.scope.tenantId, principal, operation, key])
  const hex = createHash('sha256').update(whose).digest('hex')
  return [
    ...[hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`],
    ...[`8${hex.slice(17, 20)}`, hex.slice(20, 32)],
  ].join('-')
}

/** The doors drop it: without a key there is nothing to claim. */
const ignoredAnswer = answerStatement(null)

function repeated(stored: StoredAnswer, claim: IdempotencyClaim): unknown {
  if (!stored.requestHash.equals(claim.requestHash))
    throw new Problem(
      common.idempotencyMismatch,
      'Use a new Idempotency-Key for a request that differs from the first',
    )
  return stored.reply ?? undefined
}

function claimOf(
  operation: NamedOperation,
  ctx: Context,
  input: Record<string, unknown>,
  work: Work,
): IdempotencyClaim {
  const key = work.idempotencyKey ?? ''
  const { principal } = ctx
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Problem(
      common.idempotencyKeyInvalid,
      'An Idempotency-Key is 1 to 255 visible ASCII characters',
    )
  // A service names its own steps, whoever they are for.
  if (principal.subject === '' && ctx.caller === undefined)
    throw new Problem(
      common.idempotencyKeyInvalid,
      'An anonymous request without a visitor id cannot carry an Idempotency-Key',
    )
  return {
    principal: ctx.caller ? `service:${ctx.caller}` : `${principal.kind}:${principal.subject}`,
    operation: operation.name,
    key,
    // Zod writes fields in the order of the schema, so equal requests have equal text.
    requestHash: createHash('sha256').update(JSON.stringify(input)).digest(),
    now: ctx.now,
  }
}
