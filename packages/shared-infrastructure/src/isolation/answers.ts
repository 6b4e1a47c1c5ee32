// What an answer gives away.
import { common } from '@prognetwork/contracts'

export interface Answer {
  readonly status: number
  /** Headers and body as they came. */
  readonly text: string
  readonly body: unknown
}

/** Which of another tenant's ids, addresses and texts stand in an answer. */
export function shownIn(text: string, secrets: Iterable<string>): string[] {
  return [...secrets].filter((secret) => text.includes(secret))
}

/** An answer and the ids that were sent for it. */
export interface Answered {
  readonly answer: Answer
  readonly ids: readonly string[]
}

const echo = '<what was sent>'

/** An id that was sent and comes back is no news to whoever sent it. */
export function withoutEcho(text: string, ids: readonly string[]): string {
  return ids.reduce((rest, id) => rest.replaceAll(id, echo), text)
}

/**
 * Whether an answer about another tenant's ids differs from those about ids that nobody has. What
 * differs between those two themselves (times, trace ids, new ids) says nothing.
 */
export function differs(aimed: Answered, [first, second]: readonly [Answered, Answered]): boolean {
  const { status } = aimed.answer
  if (status !== first.answer.status && status !== second.answer.status) return true
  return !alike(neutral(aimed), neutral(first), neutral(second))
}

function neutral({ answer, ids }: Answered): unknown {
  return JSON.parse(withoutEcho(JSON.stringify(answer.body) ?? 'null', ids))
}

/** Equal in all that the two references have in common. */
function alike(value: unknown, one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other)) return one !== other || value === one
  if (!isRecord(value)) return false
  const names = Object.keys(one)
  if (names.join() !== Object.keys(other).join()) return true
  if (names.join() !== Object.keys(value).join()) return false
  return names.every((name) => alike(value[name], one[name], other[name]))
}

/** Whether the work began: nobody was refused for who they are. */
export function isAdmitted({ body }: Answer): boolean {
  return !(isRecord(body) && refusals.has(body.code))
}

const refusals = new Set<unknown>(
  [
    common.credentialInvalid,
    common.credentialMissing,
    common.permissionDenied,
    common.tenantMismatch,
  ].map((one) => one.code),
)

/** Whether the credential has ended, perhaps by what was tried before. */
export function isEnded({ body }: Answer): boolean {
  return isRecord(body) && body.code === common.credentialInvalid.code
}

/** Whether the host refused the input before the operation saw it. */
export function isUnreadable({ body }: Answer): boolean {
  return isRecord(body) && body.code === common.requestInvalid.code
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
