// Kills the platform at random moments while people sign up and a shop imports products, starts it
// again, and compares what it holds, tables and log, with what it had answered.
import { setTimeout as sleep } from 'node:timers/promises'
import { userContract } from '@prognetwork/contracts/user'
import { createTestClient, testPassword } from '@prognetwork/testing'
import pg from 'pg'
import { accessToken, makeOperator, withoutLimits } from './people.ts'
import { seededRandom } from './random.ts'
import { removeState, type ServerProcess, startServer, temporaryState } from './server-process.ts'
import { enterShop, makeShop, productList } from './shop.ts'
import { superuserOf } from './state-database.ts'

const { signUp, listAccounts, listCapturedMail, listAudit } = userContract.operations
const writers = 8
/** Two lots, so that a kill can come between them. */
const productsPerFile = 300
const slug = 'crashing'

export interface CrashReport {
  readonly rounds: number
  /** Sign-ups and products of imports that were answered with success. */
  readonly acknowledged: { readonly signUps: number; readonly products: number }
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** How many events the log holds, each at a position of its own without a gap. */
  readonly events: number
  readonly seed: number
}

interface Acknowledged {
  readonly emails: string[]
  readonly products: string[]
}

/** Runs `rounds` kills; the seed repeats the moments at which they happen. */
export async function crashPlatform(options: {
  rounds: number
  seed: number
  say: (sentence: string) => void
}): Promise<CrashReport> {
  const random = seededRandom(options.seed)
  const state = await temporaryState()
  const env = { ...withoutLimits, API_GATEWAY_BULK_PER_MINUTE: '1000000' }
  const acknowledged: Acknowledged = { emails: [], products: [] }
  let server = await startServer(state, env)
  try {
    await makeOperator(server)
    await makeShop(server, slug)
    for (let round = 1; round <= options.rounds; round++) {
      const killAfterMs = 50 + random() * 2_500
      const before = { ...counted(acknowledged) }
      await workUntilKilled(server, killAfterMs, round, acknowledged)
      const now = counted(acknowledged)
      server = await startServer(state, env)
      options.say(
        `round ${round}: killed after ${Math.round(killAfterMs)} ms, ${now.signUps - before.signUps} sign-ups and ${now.products - before.products} products acknowledged, up again in ${server.startSeconds.toFixed(1)} s`,
      )
    }
    const found = await compare(server, acknowledged)
    await server.stop()
    return {
      rounds: options.rounds,
      acknowledged: counted(acknowledged),
      ...found,
      seed: options.seed,
    }
  } finally {
    await server.kill()
    await removeState(state)
  }
}

function counted({ emails, products }: Acknowledged) {
  return { signUps: emails.length, products: products.length }
}

async function workUntilKilled(
  server: ServerProcess,
  killAfterMs: number,
  round: number,
  acknowledged: Acknowledged,
): Promise<void> {
  const client = createTestClient(server.origin)
  const { staff } = await enterShop(server, slug)
  let killed = false
  const signUps = async (writer: number) => {
    for (let count = 0; !killed; count++) {
      const email = `person-${round}-${writer}-${count}@example.com`
      const answer = await client
        .call(signUp, { body: { email, password: testPassword, displayName: 'A Person' } })
        .catch(() => undefined)
      if (answer?.status === 202) acknowledged.emails.push(email)
      else if (!killed && answer) throw new Error(`sign-up failed: ${JSON.stringify(answer.body)}`)
    }
  }
  const imported = Promise.withResolvers<void>()
  const imports = async () => {
    for (let file = 0; !killed; file++) {
      const prefix = `r${round}-${file}`
      const answer = await staff
        .raw('PUT', '/api/v1/catalogue/import?pictures=link', {
          body: productList(productsPerFile, prefix),
          headers: { 'content-type': 'text/csv' },
        })
        .catch(() => undefined)
      const last = Array.isArray(answer?.body) ? answer.body.at(-1) : undefined
      if (last?.kind === 'finished') imported.resolve()
      if (last?.kind === 'finished')
        for (let n = 0; n < productsPerFile; n++) acknowledged.products.push(`${prefix}-${n}`)
      else if (!killed && answer) throw new Error(`import failed: ${JSON.stringify(answer.body)}`)
    }
  }
  const work = [...Array.from({ length: writers }, (_, writer) => signUps(writer)), imports()]
  // However slow the machine is, something must be acknowledged that could be lost.
  if (round === 1) await Promise.race([imported.promise, ...work])
  await sleep(killAfterMs)
  killed = true
  await server.kill()
  await Promise.all(work)
}

/** Everything must be there once: rows, and in the log the events that tell of them. */
async function compare(server: ServerProcess, { emails, products }: Acknowledged) {
  const sql = new pg.Client(superuserOf(server.stateDirectory))
  await sql.connect()
  try {
    await outboxesEmpty(sql)
    const accounts = await accountsHeld(server, sql)
    const catalogue = await productsHeld(sql)
    const log = await sql.query(
      `select count(*)::int as events, count(distinct id)::int as ids,
         coalesce(max(position) - min(position) + 1, 0)::int as places
       from event_streaming_service.domain_log`,
    )
    const { events, ids, places } = log.rows[0]
    const wrong = (held: ReadonlyMap<string, number>) =>
      [...held].filter(([, count]) => count !== 1).map(([name]) => name)
    return {
      events,
      lost: [
        ...emails.filter((email) => !accounts.has(email)),
        ...products.filter((product) => !catalogue.has(product)),
        ...(places > events ? [`${places - events} positions of the log`] : []),
      ],
      doubled: [
        ...wrong(accounts),
        ...wrong(catalogue),
        ...(events > ids ? [`${events - ids} events of the log`] : []),
      ],
    }
  } finally {
    await sql.end()
  }
}

/** What was committed before a kill is moved to the log by the next start. */
async function outboxesEmpty(sql: pg.Client): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { rows } = await sql.query(
      `select (select count(*) from user_service.outbox)
         + (select count(*) from tenant_service.outbox)
         + (select count(*) from product_service.outbox) as waiting`,
    )
    if (Number(rows[0].waiting) === 0) return
    await sleep(100)
  }
  throw new Error('events wait in an outbox and are not moved to the log')
}

/** For every product how many events say that it was made, and 0 when a part of it is missing. */
async function productsHeld(sql: pg.Client): Promise<Map<string, number>> {
  const { rows } = await sql.query(
    `select p.slug, case when v.count = 2 and s.count = 2 then coalesce(e.count, 0) else 0 end
         as count
     from product_service.product p
     left join lateral (select count(*)::int as count from product_service.variant v
       where v.tenant_id = p.tenant_id and v.product_id = p.id) v on true
     left join lateral (select count(*)::int as count from product_service.stock s
       where s.tenant_id = p.tenant_id and s.product_id = p.id) s on true
     left join (select key, count(*)::int as count from event_streaming_service.domain_log
       where type = 'product.created' group by key) e on e.key = p.id::text`,
  )
  return new Map(rows.map((row) => [row.slug, row.count]))
}

/** For every address how often it has an account; -1 unless mail, audit row and event are one each. */
async function accountsHeld(server: ServerProcess, sql: pg.Client): Promise<Map<string, number>> {
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
  const mailed = countBy(mails.map((mail) => mail.to))
  const audited = countBy(signUps.map((row) => row.subject))
  const created = await sql.query<{ key: string }>(
    `select key from event_streaming_service.domain_log where type = 'user.created'`,
  )
  const told = countBy(created.rows.map((row) => row.key))
  for (const { id, email } of accounts) {
    if (!email.startsWith('person-')) continue
    const isWhole = mailed.get(email) === 1 && audited.get(id) === 1 && told.get(id) === 1
    held.set(email, isWhole ? (held.get(email) ?? 0) + 1 : -1)
  }
  return held
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
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
