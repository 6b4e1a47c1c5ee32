import type { Context, Log } from '@prognetwork/contracts'
import type { PlatformDoor, RealTime } from '@prognetwork/shared-infrastructure'
import { writeLastUses } from './api-keys.store.ts'

const gatherMs = 5_000

interface UsedKey {
  readonly id: string
  readonly tenantId: string
}

/**
 * When keys were last used, gathered here and written together: a row per request would make the
 * busiest keys the slowest. Each process gathers for itself, so this is a timer and no leased job.
 */
export function createLastUses(parts: {
  readonly platform: PlatformDoor
  readonly realTime: RealTime
  readonly log: Log
}) {
  const { platform, realTime, log } = parts
  let gathered = new Map<string, UsedKey & { at: string }>()
  let timer: NodeJS.Timeout | undefined
  let lastContext: Context | undefined

  async function write(): Promise<void> {
    timer = undefined
    const ctx = lastContext
    const uses = [...gathered.values()]
    if (!ctx || uses.length === 0) return
    gathered = new Map()
    try {
      await platform.transaction(ctx, 'write last uses of API keys', (tx) =>
        tx.run(
          writeLastUses(
            uses.map((one) => one.tenantId),
            uses.map((one) => one.id),
            uses.map((one) => one.at),
          ),
        ),
      )
    } catch (error) {
      for (const use of uses) if (!gathered.has(use.id)) gathered.set(use.id, use)
      log.warn({ error, keys: uses.length }, 'Last uses of API keys are written with the next ones')
    }
  }

  return {
    note(ctx: Context, { id, tenantId }: UsedKey): void {
      gathered.set(id, { id, tenantId, at: realTime.now() })
      lastContext = ctx
      timer ??= setTimeout(() => void write(), gatherMs).unref()
    },
    async close(): Promise<void> {
      clearTimeout(timer)
      await write()
    },
  }
}

export type LastUses = ReturnType<typeof createLastUses>
