// Kills the platform while people buy, at random moments and at each step of a checkout, starts it
// again, and compares orders, money and goods when everything that was begun has ended.
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestClient } from '@prognetwork/testing'
import pg from 'pg'
import { askAgain, type Dealings, goShopping, offerGoods } from './buyers.ts'
import { compareBooks, countResumed, type Discrepancies, listUnended } from './checkout-books.ts'
import { makeOperator, withoutLimits } from './people.ts'
import { seededRandom } from './random.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'
import { enterShop, makeShop } from './shop.ts'
import { superuserOf } from './state-database.ts'

const slug = 'crashing'
const buyers = 8
/** How long checkouts are given to come to the step at which they stand still. */
const standingMs = 2_000
/** Left lying checkouts are resumed after 20 s. */
const endingMs = 90_000

/** What a step of a checkout writes; who holds it lets no checkout past. Nothing: a kill anywhere. */
const steps = [
  undefined,
  'product_service.reservation',
  'payment_service.payment',
  'order_service.sales_order',
] as const

export interface CheckoutCrashReport extends Discrepancies {
  readonly rounds: number
  /** Orders that buyers were told of. */
  readonly acknowledged: number
  /** Orders that came of a checkout which was left lying. */
  readonly resumed: number
  readonly seed: number
}

/** Runs `rounds` kills; the seed repeats the moments, and what each buyer wants. */
export async function crashCheckout(options: {
  readonly rounds: number
  readonly seed: number
  readonly say: (sentence: string) => void
}): Promise<CheckoutCrashReport> {
  const { rounds, seed, say } = options
  const random = seededRandom(seed)
  const state = await temporaryState()
  const dealings: Dealings = { acknowledged: new Set(), unanswered: new Map() }
  let server = await startServer(state, withoutLimits)
  try {
    await makeOperator(server)
    await makeShop(server, slug)
    for (let round = 1; round <= rounds; round++) {
      const step = steps[(round - 1) % steps.length]
      const before = dealings.acknowledged.size
      await buyUntilKilled({ server, round, step, random, dealings })
      const told = dealings.acknowledged.size - before
      server = await startServer(state, withoutLimits)
      say(
        `round ${round}: killed ${step ? `at ${step}` : 'anywhere'}, ${told} orders acknowledged, up again in ${server.startSeconds.toFixed(1)} s`,
      )
    }
    const found = await compare(server, dealings, say)
    await server.stop()
    return { rounds, acknowledged: dealings.acknowledged.size, ...found, seed }
  } finally {
    await server.kill()
    await removeState(state)
  }
}

async function buyUntilKilled(part: {
  readonly server: ServerProcess
  readonly round: number
  readonly step: (typeof steps)[number]
  readonly random: () => number
  readonly dealings: Dealings
}): Promise<void> {
  const { server, round, step, random, dealings } = part
  const { staff } = await enterShop(server, slug)
  const goods = await offerGoods(staff, round)
  const client = createTestClient(server.origin).at(slug)
  let killed = false
  const visit = () => {
    const own = seededRandom(Math.floor(random() * 2 ** 31))
    return { client, goods, random: own, dealings, isKilled: () => killed }
  }
  const work = [...Array.from({ length: buyers }, () => goShopping(visit())), askAgain(visit())]
  const watched = Promise.all(work)
  const killAfterMs = 50 + random() * 2_500
  const waitMs = random() * 200
  const kill = async () => {
    // However slow the machine is, something must be acknowledged that could be lost.
    while (round === 1 && dealings.acknowledged.size === 0) await sleep(10)
    await sleep(killAfterMs)
    const held = step && (await holdStep(server, step))
    if (held) await sleep(waitMs)
    killed = true
    await server.kill()
    await held?.letGo()
  }
  await Promise.all([kill(), watched])
}

/** Keeps a table from everybody until checkouts stand still before it. */
async function holdStep({ stateDirectory }: ServerProcess, table: string) {
  const sql = new pg.Client(superuserOf(stateDirectory))
  // PostgreSQL ends with the platform, and with it the lock.
  sql.on('error', () => {})
  await sql.connect()
  await sql.query('begin')
  await sql.query(`lock table ${table} in access exclusive mode`)
  const untilMs = performance.now() + standingMs
  for (let standing = 0; standing < buyers / 2 && performance.now() < untilMs; ) {
    await sleep(20)
    const { rows } = await sql.query<{ count: number }>(
      `select count(*)::int as count from pg_locks where relation = $1::regclass and not granted`,
      [table],
    )
    standing = rows[0]?.count ?? 0
  }
  return { letGo: () => sql.end().catch(() => {}) }
}

/** When everything has ended, also what buyers ask for once more, the books must agree. */
async function compare(server: ServerProcess, dealings: Dealings, say: (sentence: string) => void) {
  const sql = new pg.Client(superuserOf(server.stateDirectory))
  await sql.connect()
  try {
    const startedMs = performance.now()
    const left = await untilEnded(sql)
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    say(`after ${seconds} s ${left.join(', ') || 'everything has ended'}`)
    const { staff } = await enterShop(server, slug)
    const client = createTestClient(server.origin).at(slug)
    const goods = await offerGoods(staff, 0)
    await askAgain({ client, goods, random: () => 0, dealings, isKilled: () => false })
    const unended = await untilEnded(sql)
    const found = await compareBooks(sql, [...dealings.acknowledged])
    const lost = [...unended, ...found.lost]
    return { resumed: await countResumed(sql), ...found, lost }
  } finally {
    await sql.end()
  }
}

/** What has not ended although it had the time to. */
async function untilEnded(sql: pg.Client): Promise<readonly string[]> {
  const untilMs = performance.now() + endingMs
  for (;;) {
    const unended = await listUnended(sql)
    if (unended.length === 0 || performance.now() > untilMs) return unended
    await sleep(200)
  }
}
