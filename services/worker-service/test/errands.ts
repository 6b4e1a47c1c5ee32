// A platform in which product-service carries out errands as well: work whose every step a test
// decides. Which service it is does not matter to jobs.
import { type Context, jobKind } from '@prognetwork/contracts'
import { workerContract } from '@prognetwork/contracts/worker'
import { carryOut, type JobRun, type Parts } from '@prognetwork/shared-infrastructure'
import {
  services,
  startTestPlatform,
  type TestClient,
  type TestPlatformOptions,
} from '@prognetwork/testing'
import { expect } from 'vitest'
import { z } from 'zod'

export const patience = { timeout: 20_000 }
const errand = jobKind('errand', {
  input: z.strictObject({ name: z.string() }),
  result: z.object({ brought: z.string() }),
  attempts: 3,
})

type Doing = (ctx: Context, name: string, run: JobRun) => Promise<{ brought: string }>
type Submit = Parameters<Parts<unknown>['jobs']['submit']>[3]

const { readJob } = workerContract.operations

export async function startErrands(options: TestPlatformOptions = {}) {
  let doing: Doing = async (_, name) => ({ brought: name })
  let parts: Parts<never> | undefined
  let own: Context | undefined
  const definitions = services.map((one) => {
    if (one.name !== 'product-service' || !one.work || 'zone' in one) return one
    return {
      ...one,
      work: { ...one.work, kinds: [...one.work.kinds, errand] },
      async start(given: Parts<never>) {
        parts = given
        const running = await one.start(given)
        const run = carryOut(errand, (ctx, { name }, at) => doing(ctx, name, at))
        return {
          ...running,
          work: [...(running.work ?? []), run],
          async ready(ctx: Context) {
            own = ctx
            return (await running.ready?.(ctx)) ?? []
          },
        }
      },
    }
  })
  const platform = await startTestPlatform({ ...options, definitions })

  return {
    platform,
    /** How errands are run from now on. */
    let(next: Doing) {
      doing = next
    },
    /** Asks for errands in one commit; answers their ids. */
    async ask(tenantId: string, names: readonly string[], more: Submit = {}): Promise<string[]> {
      if (!parts || !own) throw new Error('the platform has not started')
      const ctx = parts.platform.enter(own, tenantId, 'a test')
      const asked = []
      for (const name of names) asked.push(await parts.jobs.submit(ctx, errand, { name }, more))
      await parts.db.batch(
        ctx,
        asked.map((one) => one.statement),
      )
      return asked.map((one) => one.id)
    },
  }
}

/** Asks after a job until it is as is wanted. */
export async function until(asker: TestClient, jobId: string, wanted: object) {
  const read = async () => (await asker.call(readJob, { params: { jobId } })).body
  await expect.poll(read, patience).toMatchObject(wanted)
  return read()
}
