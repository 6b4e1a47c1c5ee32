import type { Context } from '@prognetwork/contracts'
import { command, type PlatformDoor, type RealTime } from '@prognetwork/shared-infrastructure'
import { deleteOldChanges } from './revocations/revocations.ts'
import { deleteEnded } from './sessions/sessions.store.ts'
import { deleteStale } from './sign-in/sign-in-limit.ts'
import { deleteOldCodes } from './sign-in-codes/sign-in-codes.store.ts'

const dayMs = 24 * 3_600_000

const deleteExpiredTokens = command<[before: string]>(
  'one_time_token.delete_expired',
  'delete from one_time_token where expires_at < $1',
)

/** Removes what has ended in every tenant: sessions with their tokens, links and codes, old failures. */
export async function sweepEnded(
  { platform, realTime }: { platform: PlatformDoor; realTime: RealTime },
  ctx: Context,
): Promise<void> {
  const yesterday = realTime.now(-dayMs)
  await platform.transaction(ctx, 'sweep what has ended', async (tx) => {
    await tx.batch([
      deleteOldCodes(yesterday),
      deleteEnded(yesterday),
      deleteExpiredTokens(yesterday),
      deleteStale(yesterday),
      deleteOldChanges(yesterday),
    ])
  })
}
