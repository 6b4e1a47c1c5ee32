import type { Context } from '@prognetwork/contracts'
import { command, type PlatformDoor } from '@prognetwork/shared-infrastructure'

const addTypes = command<[role: string, types: readonly string[]]>(
  'subscription.add',
  `insert into subscription (role, type, since)
   select $1, t, (select next - 1 from log_head where log = 'domain') from unnest($2::text[]) t
   on conflict do nothing`,
)

const removeOthers = command<[role: string, types: readonly string[]]>(
  'subscription.remove_others',
  'delete from subscription where role = $1 and type <> all ($2)',
)

/**
 * Writes who may read which events, from the definitions. The platform role does it: the running
 * service answers requests of tenants, and must not be able to open the log to anybody.
 */
export async function writeSubscriptions(
  platform: PlatformDoor,
  ctx: Context,
  subscriptions: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  await platform.transaction(ctx, 'write who reads which events', async (tx) => {
    for (const [service, types] of subscriptions) {
      const role = service.replaceAll('-', '_')
      await tx.batch([addTypes(role, types), removeOthers(role, types)])
    }
  })
}
