import { productContract, variantMissing } from '@prognetwork/contracts/product'
import { workerContract } from '@prognetwork/contracts/worker'
import { Problem, Unavailable } from '@prognetwork/shared-infrastructure'
import { createTenants, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patience, startErrands, until } from './errands.ts'

const { cancelJob, listJobs, readJob, retryJob } = workerContract.operations
const { exportCatalogue } = productContract.operations

let errands: Awaited<ReturnType<typeof startErrands>>
let shop: TestShop
let other: TestShop
beforeAll(async () => {
  errands = await startErrands()
  shop = await errands.platform.shop()
  other = await errands.platform.shop()
})
afterAll(() => errands?.platform.stop())

async function one(name: string, more: { id?: string; priority?: number } = {}, of = shop) {
  const [id = ''] = await errands.ask(of.id, [name], more)
  return id
}

const eventsOf = async (jobId: string) => {
  const { rows } = await errands.platform.sql.query(
    `select type, data from every_event where key = $1 and type like 'job.%' order by seq`,
    [jobId],
  )
  return rows
}
const typesOf = async (jobId: string) => (await eventsOf(jobId)).map((row) => row.type)

test('a job is carried out, and tells how far it is and what it came to', async () => {
  const half = Promise.withResolvers<void>()
  errands.let(async (_, name, run) => {
    run.progress(1, 2, 'half-way')
    await half.promise
    return { brought: name }
  })
  const id = await one('milk')
  const { startedAt } = await until(shop.staff, id, {
    state: 'running',
    progress: { done: 1, total: 2, note: 'half-way' },
  })
  expect(startedAt).not.toBeNull()
  half.resolve()
  const ended = await until(shop.staff, id, { state: 'succeeded', result: { brought: 'milk' } })
  expect(ended).toMatchObject({ attempts: 1, error: null, service: 'product-service' })
  await expect.poll(() => typesOf(id), patience).toContain('job.succeeded')
  expect(await typesOf(id)).toContain('job.progressed')
})

test('what is asked for twice under one id is done once', async () => {
  const runs: string[] = []
  errands.let(async (_, name, run) => {
    runs.push(run.id)
    return { brought: name }
  })
  const id = crypto.randomUUID()
  await one('first', { id })
  await one('again', { id })
  await until(shop.staff, id, { state: 'succeeded', result: { brought: 'first' } })
  await until(shop.staff, await one('after'), { state: 'succeeded' })
  expect(runs.filter((run) => run === id)).toHaveLength(1)
})

test('what fails for a reason that may pass is tried again, with the reason told meanwhile', async () => {
  let tries = 0
  errands.let(async (_, name) => {
    tries++
    if (tries === 1) throw new Unavailable('the shop')
    if (tries === 2) throw new Error('fell over: a secret')
    return { brought: name }
  })
  const id = await one('bread')
  await until(shop.staff, id, { error: { code: 'service.unavailable' } })
  const { error } = await until(shop.staff, id, { attempts: 2 })
  expect(error).toMatchObject({ code: 'job.failed' })
  expect(JSON.stringify(error)).not.toContain('secret')
  await until(shop.staff, id, { state: 'succeeded', attempts: 3, error: null })
})

test('a job that fails for good is tried again when somebody says so', async () => {
  errands.let(async () => {
    throw new Problem(variantMissing, 'There is none left')
  })
  const id = await one('cheese')
  await until(shop.staff, id, {
    state: 'failed',
    attempts: 1,
    error: { code: variantMissing.code, detail: 'There is none left' },
  })
  await expect.poll(() => typesOf(id), patience).toEqual(['job.failed'])
  errands.let(async (_, name) => ({ brought: name }))
  const again = await shop.staff.call(retryJob, { params: { jobId: id } })
  expect(again).toMatchObject({ status: 200, body: { attempts: 0, error: null } })
  await until(shop.staff, id, { state: 'succeeded' })
  const refused = await shop.staff.call(retryJob, { params: { jobId: id } })
  expect(refused.problem).toMatchObject({ status: 409, code: 'worker.job_unfit' })
})

describe('a job that is cancelled', () => {
  test('ends while it runs, as soon as its work notices', async () => {
    const begun = Promise.withResolvers<void>()
    errands.let(async (_, name, { signal }) => {
      begun.resolve()
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      )
      return { brought: name }
    })
    const id = await one('wine')
    await begun.promise
    expect((await shop.staff.call(cancelJob, { params: { jobId: id } })).status).toBe(200)
    await until(shop.staff, id, { state: 'cancelled' })
    await expect.poll(() => typesOf(id), patience).toEqual(['job.cancelled'])
    const again = await shop.staff.call(cancelJob, { params: { jobId: id } })
    expect(again).toMatchObject({ status: 200, body: { state: 'cancelled' } })
  })

  /** It was cancelled when the run could not be told. */
  const cancelUntold = (id: string) =>
    errands.platform.sql.query('update worker_service.job set is_cancelled = true where id = $1', [
      id,
    ])

  test('is not tried again when it fails at the same moment', async () => {
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    errands.let(async () => {
      begun.resolve()
      await end.promise
      throw new Unavailable('the shop')
    })
    const id = await one('beer')
    await begun.promise
    await cancelUntold(id)
    end.resolve()
    await until(shop.staff, id, { state: 'cancelled' })
    await expect.poll(() => typesOf(id), patience).toEqual(['job.cancelled'])
  })

  test('is not taken up again when whoever followed it is dead', async () => {
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    errands.let(async (_, name) => {
      begun.resolve()
      await end.promise
      return { brought: name }
    })
    const id = await one('cider')
    await begun.promise
    await cancelUntold(id)
    await errands.platform.sql.query(
      `update worker_service.job set lease = gen_random_uuid(), lease_until = '2000-01-01'
       where id = $1`,
      [id],
    )
    await errands.platform.runJob('worker-service', 'resume-jobs')
    end.resolve()
    await until(shop.staff, id, { state: 'cancelled' })
    await expect.poll(() => typesOf(id), patience).toEqual(['job.cancelled'])
  })

  test('is never begun while it waits, and can be taken back', async () => {
    const held = Promise.withResolvers<void>()
    const done: string[] = []
    errands.let(async (_, name) => {
      done.push(name)
      await held.promise
      return { brought: name }
    })
    const before = await errands.ask(shop.id, ['a', 'b'])
    await expect.poll(() => done.length, patience).toBe(2)
    const waiting = await one('c')
    const answer = await until(shop.staff, waiting, { state: 'queued' })
    expect(answer.startedAt).toBeNull()
    const cancelled = await shop.staff.call(cancelJob, { params: { jobId: waiting } })
    expect(cancelled.body).toMatchObject({ state: 'cancelled' })
    held.resolve()
    for (const id of before) await until(shop.staff, id, { state: 'succeeded' })
    expect(done.toSorted()).toEqual(['a', 'b'])
    await shop.staff.call(retryJob, { params: { jobId: waiting } })
    await until(shop.staff, waiting, { state: 'succeeded' })
    const late = await shop.staff.call(cancelJob, { params: { jobId: waiting } })
    expect(late.problem).toMatchObject({ status: 409, code: 'worker.job_unfit' })
  })
})

test('thousands of jobs of one tenant do not hold up the one of another', async () => {
  const { sql } = errands.platform
  const order: string[] = []
  errands.let(async (ctx, name) => {
    order.push(ctx.scope.tenantId)
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { brought: name }
  })
  const busy = await errands.platform.shop()
  const many = Array.from({ length: 5_000 }, (_, at) => `${at}`)
  for (let at = 0; at < many.length; at += 500) await errands.ask(busy.id, many.slice(at, at + 500))
  const count = async (where: string) => {
    const { rows } = await sql.query(
      `select count(*)::int as n from worker_service.job where tenant_id = $1 and ${where}`,
      [busy.id],
    )
    return rows[0].n
  }
  await expect.poll(() => count('true'), { timeout: 60_000 }).toBe(many.length)
  const begun = order.length
  const id = await one('single', {}, other)
  await until(other.staff, id, { state: 'succeeded' })
  expect(order.indexOf(other.id) - begun).toBeLessThan(300)
  expect(await count(`state = 'queued'`)).toBeGreaterThan(500)
  const { rows } = await sql.query('select payload from worker_queue._private_jobs')
  expect(rows.length).toBeLessThan(20)
  for (const { payload } of rows)
    expect(['tenant', 'job']).toEqual(expect.arrayContaining(Object.keys(payload)))
  await sql.query(`delete from worker_service.job where tenant_id = $1 and state = 'queued'`, [
    busy.id,
  ])
}, 120_000)

test('of the jobs of one tenant those of the higher priority go first', async () => {
  const [first, rest] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const order: string[] = []
  errands.let(async (ctx, name) => {
    // Some of a busy tenant before may still be under way.
    if (ctx.scope.tenantId === shop.id) order.push(name)
    await (name === 'x' ? first : rest).promise
    return { brought: name }
  })
  await errands.ask(shop.id, ['x', 'y'])
  await expect.poll(() => order.length, patience).toBe(2)
  await errands.ask(shop.id, ['low', 'low too'])
  const urgent = await one('urgent', { priority: 5 })
  await until(shop.staff, urgent, { state: 'queued' })
  // One place becomes free: two that begin at once would race each other.
  first.resolve()
  await expect.poll(() => order.length, patience).toBe(3)
  expect(order[2]).toBe('urgent')
  rest.resolve()
  await expect.poll(() => order.length, patience).toBe(5)
})

test('the jobs of a tenant are listed by state and kind, in pages, and to nobody else', async () => {
  errands.let(async (_, name) => ({ brought: name }))
  const ids = await errands.ask(other.id, ['1', '2', '3'])
  for (const id of ids) await until(other.staff, id, { state: 'succeeded' })
  const query = { state: 'succeeded', kind: 'errand', limit: '2' } as const
  const first = (await other.staff.call(listJobs, { query })).body
  expect(first.items.map((job) => job.id)).toEqual(ids.slice(1).reverse())
  const rest = (await other.staff.call(listJobs, { query: { ...query, after: first.next ?? '' } }))
    .body
  expect(rest.items.map((job) => job.id)).toContain(ids[0])
  const none = await other.staff.call(listJobs, { query: { ...query, kind: 'report' } })
  expect(none.body.items).toEqual([])

  const [jobId = ''] = ids
  for (const operation of [readJob, cancelJob, retryJob]) {
    const answer = await shop.staff.call(operation, { params: { jobId } })
    expect(answer.problem).toMatchObject({ status: 404, code: 'worker.job_missing' })
    const anonymous = await errands.platform.anonymous.at(other.slug).call(operation, {
      params: { jobId },
    })
    expect(anonymous.status).toBe(401)
  }
  expect((await other.shopper.call(listJobs, { query: {} })).status).toBe(401)
  expect(
    (await shop.staff.call(listJobs, { query: {} })).body.items.map((job) => job.id),
  ).not.toContain(jobId)
})

test('who only looks may read jobs, and neither cancel nor retry them', async () => {
  const tenants = createTenants(errands.platform)
  const viewer = await tenants.act(await tenants.join(other, 'viewer'), other.id)
  const [jobId = ''] = await errands.ask(other.id, ['seen'])
  await until(viewer, jobId, { state: 'succeeded' })
  for (const operation of [cancelJob, retryJob])
    expect((await viewer.call(operation, { params: { jobId } })).status).toBe(403)
  const person = await errands.platform.person()
  expect((await person.call(listJobs, { query: {} })).status).toBe(403)
  expect((await person.call(readJob, { params: { jobId } })).status).toBe(403)
})

test('a job is carried out in the trace of the request, for whoever asked', async () => {
  const asked = await shop.staff.call(exportCatalogue, { body: { format: 'csv' } })
  expect(asked.status).toBe(202)
  const { traceId, requestedBy } = await until(shop.staff, asked.body.exportId, {
    state: 'succeeded',
  })
  expect(traceId).toBe(asked.headers['prog-trace-id'])
  expect(requestedBy).toBe(shop.owner.accountId)
  const spans = errands.platform.spans.recent({ traceId })
  expect(spans).toContainEqual(
    expect.objectContaining({ name: 'product-service catalogue_export', status: 'ok' }),
  )
})
