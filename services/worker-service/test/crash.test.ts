import { productContract } from '@prognetwork/contracts/product'
import { workerContract } from '@prognetwork/contracts/worker'
import { type SeparatePlatform, startSeparatePlatform, type TestShop } from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

// Every service is a process of its own. An export waits where a test holds the prices: by a lock that
// is no transaction's, because an open one would hold up all events.

const { createProduct, exportCatalogue, linkExport } = productContract.operations
const { readJob } = workerContract.operations
const patience = { timeout: 45_000 }

let platform: SeparatePlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startSeparatePlatform()
  shop = await platform.shop()
  const variants = [{ prices: [{ currency: 'EUR', amountMinor: 100 }] }]
  await shop.staff.call(createProduct, { body: { title: 'A pot', status: 'active', variants } })
  await platform.sql.query(`
    create function public.held() returns boolean language plpgsql set lock_timeout = 0 as $$
    begin
      perform pg_advisory_lock_shared(4242);
      perform pg_advisory_unlock_shared(4242);
      return true;
    end $$;
    create policy held on product_service.price as restrictive for select
      using (public.held())`)
})
afterAll(() => platform?.stop())
afterEach(() => platform.sql.query('select pg_advisory_unlock_all()'))

const read = async (jobId: string) => (await shop.staff.call(readJob, { params: { jobId } })).body
const stateOf = async (jobId: string) => (await read(jobId)).state

const letGo = () => platform.sql.query('select pg_advisory_unlock(4242)')

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** An export that has begun and cannot go on. */
async function heldExport(): Promise<string> {
  await platform.sql.query('select pg_advisory_lock(4242)')
  const { body } = await shop.staff.call(exportCatalogue, { body: { format: 'csv' } })
  await expect.poll(() => stateOf(body.exportId), patience).toBe('running')
  return body.exportId
}

async function expectFile(exportId: string): Promise<void> {
  const { status, body } = await shop.staff.call(linkExport, { params: { exportId } })
  expect(status).toBe(200)
  const { pathname, search } = new URL(body.url)
  // It was signed for where the platform says that it is; it is asked for where it listens.
  const file = await request(`${platform.origin}${pathname}${search}`)
  expect(await file.body.text()).toMatch(/^slug,title,/)
}

test('a job whose follower was killed is taken up, and what its run came to is not lost', async () => {
  const jobId = await heldExport()
  await platform.kill('worker-service')
  await letGo()
  await platform.start('worker-service')
  // As if the time of the lease had passed.
  await platform.sql.query(
    `update worker_service.job set lease_until = now() - interval '1 s' where id = $1`,
    [jobId],
  )
  await expect.poll(() => stateOf(jobId), patience).toBe('succeeded')
  const { rows } = await platform.sql.query(
    'select attempts, abandoned from worker_service.job where id = $1',
    [jobId],
  )
  expect(rows).toEqual([{ attempts: 1, abandoned: 1 }])
  await expectFile(jobId)
}, 60_000)

test('a job whose service was killed waits until it is back, and that is no try', async () => {
  const jobId = await heldExport()
  await platform.kill('product-service')
  await expect
    .poll(() => read(jobId), patience)
    .toMatchObject({ state: 'queued', error: { code: 'service.unavailable' } })
  await letGo()
  await platform.start('product-service')
  await expect.poll(() => stateOf(jobId), patience).toBe('succeeded')
  expect(await read(jobId)).toMatchObject({ attempts: 1, error: null })
  await expectFile(jobId)
}, 60_000)

test('a follower that stops lets go of its jobs at once, for the next one', async () => {
  const jobId = await heldExport()
  const pid = platform.pidOf('worker-service')
  process.kill(pid, 'SIGTERM')
  const row = async () =>
    (await platform.sql.query('select state, lease from worker_service.job where id = $1', [jobId]))
      .rows[0]
  await expect.poll(row, patience).toEqual({ state: 'queued', lease: null })
  // Killed before it has told the queue, it would be waited for as one that is lost.
  await expect.poll(() => isAlive(pid), patience).toBe(false)
  await letGo()
  await platform.start('worker-service')
  await expect.poll(() => stateOf(jobId), patience).toBe('succeeded')
  expect(await read(jobId)).toMatchObject({ attempts: 1 })
}, 60_000)
