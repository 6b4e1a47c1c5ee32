import { sealAudit } from '../database/audit-seal.ts'
import type { PlatformDoor } from '../database/platform-door.ts'
import { command } from '../database/statement.ts'
import { every, type RecurringJob } from '../service/definition.ts'
import { later } from '../service/time.ts'

const answersKeptMs = 24 * 3_600_000

const deleteAnswers = command<[before: string]>(
  'idempotency.delete_old',
  'delete from idempotency where claimed_at < $1',
)

/** What every service with tables does for the kernel's part of them. */
export function kernelJobs(platform: PlatformDoor): readonly RecurringJob[] {
  return [
    every('1m', 'kernel/seal-audit', ({ ctx }) => sealAudit(platform, ctx)),
    every('1h', 'kernel/forget-answers', ({ ctx }) =>
      platform.transaction(ctx, 'forget answers of a day ago', async (tx) => {
        await tx.run(deleteAnswers(later(ctx.now, -answersKeptMs)))
      }),
    ),
  ]
}
