import type { Context, EventContract, LogName } from '@prognetwork/contracts'
import { command, type PlatformDoor } from '@prognetwork/shared-infrastructure'

const addTypes = command<[role: string, types: readonly string[], logs: readonly LogName[]]>(
  'subscription.add',
  `insert into subscription (role, type, since)
   select $1, t.type, h.next - 1 from unnest($2::text[], $3::text[]) t (type, log)
   join log_head h using (log)
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
  subscriptions: ReadonlyMap<string, readonly EventContract[]>,
): Promise<void> {
  await platform.transaction(ctx, 'write who reads which events', async (tx) => {
    for (const [service, events] of subscriptions) {
      const role = service.replaceAll('-', '_')
      const types = events.map((one) => one.type)
      const logs = events.map((one) => one.log)
      await tx.batch([addTypes(role, types, logs), removeOthers(role, types)])
    }
  })
}
