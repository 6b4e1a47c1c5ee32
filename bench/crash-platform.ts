// Kills the platform at random moments while people sign up, starts it again, and compares what it
// holds with what it had answered.
import { setTimeout as sleep } from 'node:timers/promises'
import { userContract } from '@prognetwork/contracts/user'
import { createTestClient, testPassword } from '@prognetwork/testing'
import { accessToken, makeOperator, withoutLimits } from './people.ts'
import { seededRandom } from './random.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'

const { signUp, listAccounts, listCapturedMail, listAudit } = userContract.operations
const writers = 8

export interface CrashReport {
  readonly rounds: number
  readonly acknowledged: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly seed: number
}

/** Runs `rounds` kills; the seed repeats the moments at which they happen. */
export async function crashPlatform(options: {
  rounds: number
  seed: number
  say: (sentence: string) => void
}): Promise<CrashReport> {
  const random = seededRandom(options.seed)
  const state = await temporaryState()
  const acknowledged: string[] = []
  let server = await startServer(state, withoutLimits)
  try {
    await makeOperator(server)
    for (let round = 1; round <= options.rounds; round++) {
      const killAfterMs = 50 + random() * 1_500
      const signedUp = await signUpsUntilKilled(server, killAfterMs, round)
      acknowledged.push(...signedUp)
      server = await startServer(state, withoutLimits)
      options.say(
        `round ${round}: killed after ${Math.round(killAfterMs)} ms, ${signedUp.length} sign-ups acknowledged, up again in ${server.startSeconds.toFixed(1)} s`,
      )
    }
    const held = await whatIsHeld(server)
    await server.stop()
    return {
      rounds: options.rounds,
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((email) => held.get(email) === undefined),
      doubled: [...held].filter(([, count]) => count !== 1).map(([email]) => email),
      seed: options.seed,
    }
  } finally {
    await server.kill()
    await removeState(state)
  }
}

async function signUpsUntilKilled(
  server: ServerProcess,
  killAfterMs: number,
  round: number,
): Promise<string[]> {
  const client = createTestClient(server.origin)
  const acknowledged: string[] = []
  let killed = false
  const write = async (writer: number) => {
    for (let count = 0; !killed; count++) {
      const email = `person-${round}-${writer}-${count}@example.com`
      const answer = await client
        .call(signUp, { body: { email, password: testPassword, displayName: 'A Person' } })
        .catch(() => undefined)
      if (answer?.status === 202) acknowledged.push(email)
      else if (!killed && answer) throw new Error(`sign-up failed: ${JSON.stringify(answer.body)}`)
    }
  }
  const work = Array.from({ length: writers }, (_, writer) => write(writer))
  await sleep(killAfterMs)
  killed = true
  await server.kill()
  await Promise.all(work)
  return acknowledged
}

/** For every address how often it has an account, a mail and an audit row; 1 when all are one. */
async function whatIsHeld(server: ServerProcess): Promise<Map<string, number>> {
  const anonymous = createTestClient(server.origin)
  const operator = anonymous.as(await accessToken(anonymous, 'operator@example.com'))
  const held = new Map<string, number>()
  const accounts = await everyItem((after) =>
    operator.call(listAccounts, { query: { limit: 100, ...after } }),
  )
  const mails = await everyItem((after) =>
    operator.call(listCapturedMail, { query: { limit: 100, ...after } }),
  )
  const audit = await everyItem((after) =>
    operator.call(listAudit, { query: { limit: 100, ...after } }),
  )
  const signUps = audit.filter((row) => row.action === 'user.signed_up')
  for (const { id, email } of accounts) {
    if (!email.startsWith('person-')) continue
    const mailed = mails.filter((mail) => mail.to === email).length
    const audited = signUps.filter((row) => row.subject === id).length
    held.set(email, mailed === 1 && audited === 1 ? (held.get(email) ?? 0) + 1 : -1)
  }
  return held
}

async function everyItem<Item>(
  read: (after: { after?: string }) => Promise<{
    body: { items: Item[]; next: string | null }
  }>,
): Promise<Item[]> {
  const items: Item[] = []
  let next: string | null = null
  do {
    const { body } = await read(next === null ? {} : { after: next })
    items.push(...body.items)
    next = body.next
  } while (next !== null)
  return items
}
