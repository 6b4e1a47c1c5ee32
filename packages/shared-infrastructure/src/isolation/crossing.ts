// Carries the attempts on one operation out and judges what came of each.
import type { NamedOperation } from '@prognetwork/contracts'
import type { RawInput } from '../host/operation.ts'
import { type Answer, differs, isAdmitted, isUnreadable, shownIn, withoutEcho } from './answers.ts'
import type { Approach } from './approach.ts'
import type { AimedAttempt, Attempts } from './attempts.ts'
import type { Findings } from './route-findings.ts'
import { changedTables, type TenantRows } from './tenant-rows.ts'

/** One operation, what is tried with it, and the ways in to it. */
export interface Trial extends Attempts {
  readonly operation: NamedOperation
  readonly isForOperators: boolean
  readonly mine: readonly Approach[]
  readonly theirs: readonly Approach[]
}

export const isRead = ({ operation }: Trial): boolean => operation.method === 'GET'

interface Place {
  readonly operation: NamedOperation
  readonly pointer?: string
}

interface Crossing {
  readonly findings: Findings
  /** Trials in which somebody was let in. */
  readonly admitted: ReadonlySet<Trial>
  /** How many requests were made. */
  attempts(): number
  /** Sends and judges what comes back. */
  send(trial: Trial, approach: Approach, input: RawInput, attempt?: AimedAttempt): Promise<Answer>
  /** Judges what has become of the other tenant's rows since the last time. */
  judgeRows(place: Place, who?: string): Promise<void>
}

export function createCrossing(options: {
  /** What stands in the other tenant's rows and nowhere else. */
  readonly secrets: ReadonlySet<string>
  readonly findings: Findings
  readonly before: TenantRows
  /** The rows of the other tenant now. */
  readonly rows: () => Promise<TenantRows>
}): Crossing {
  const { secrets, findings } = options
  const admitted = new Set<Trial>()
  let { before } = options
  let attempts = 0

  function judge(place: Place, who: string, answer: Answer, sent: readonly string[]): void {
    // 503 is somebody outside who does not answer, such as a name server.
    if (answer.status >= 500 && answer.status !== 503)
      findings.add(place, `answers ${answer.status}`, who)
    if (isUnreadable(answer)) findings.add(place, 'refuses input made from its example', who)
    const [shown] = shownIn(withoutEcho(answer.text, sent), secrets)
    if (shown !== undefined)
      findings.add(place, "shows what is another tenant's", `${who}: ${shown}`)
  }

  return {
    findings,
    admitted,
    attempts: () => attempts,
    async send(trial, approach, input, attempt) {
      attempts++
      const answer = await approach.send(trial.operation, input)
      if (isAdmitted(answer)) admitted.add(trial)
      const place = { operation: trial.operation, ...(attempt && { pointer: attempt.pointer }) }
      judge(place, approach.name, answer, attempt?.ids ?? [])
      return answer
    },
    async judgeRows(place, who) {
      const after = await options.rows()
      for (const table of changedTables(before, after))
        findings.add(place, `changes another tenant's rows in ${table}`, who)
      before = after
    },
  }
}

/** The operation as its tenant would use it, lists to their last page. */
export async function tryOwn(crossing: Crossing, trial: Trial): Promise<void> {
  for (const approach of trial.mine)
    for (const input of trial.own) {
      const seen = new Set<string>()
      let answer = await crossing.send(trial, approach, input)
      for (let next = nextOf(trial, answer, seen); next; next = nextOf(trial, answer, seen)) {
        const query = { ...(input.query as object), ...next }
        answer = await crossing.send(trial, approach, { ...input, query })
      }
    }
  await crossing.judgeRows(trial)
}

/** The operation with the other tenant's ids. */
export async function tryAimed(crossing: Crossing, trial: Trial): Promise<void> {
  for (const attempt of trial.aimed) {
    const place = { operation: trial.operation, pointer: attempt.pointer }
    for (const approach of trial.mine) {
      const nobody = async (which: 0 | 1) => {
        const { input, ids } = attempt.nobody[which]
        return { ids, answer: await approach.send(trial.operation, input) }
      }
      // In between, so that what attempts use up, such as stock, does not look like a difference.
      const before = await nobody(0)
      const answer = await crossing.send(trial, approach, attempt.input, attempt)
      if (!isRead(trial)) await crossing.judgeRows(place, approach.name)
      // What a service passes on of a refusal is tried where it passes it on.
      if (approach.isService && answer.status >= 300) continue
      if (differs({ answer, ids: attempt.ids }, [before, await nobody(1)]))
        crossing.findings.add(
          place,
          "tells another tenant's id from one that nobody has",
          approach.name,
        )
    }
    if (isRead(trial)) await crossing.judgeRows(place)
  }
}

/** The rest of a list: the cursor of its next page, each followed once. */
function nextOf(
  { operation }: Trial,
  { body, status }: Answer,
  seen: Set<string>,
): { after: string } | undefined {
  if (status !== 200 || !operation.shape.query?.shape.after) return undefined
  if (typeof body !== 'object' || body === null || !('next' in body)) return undefined
  if (typeof body.next !== 'string' || seen.has(body.next)) return undefined
  seen.add(body.next)
  return { after: body.next }
}
