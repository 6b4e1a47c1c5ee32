import type { Context } from '@prognetwork/contracts'
import { LRUCache } from 'lru-cache'
import type { KeyRing } from '../key-ring/key-ring.ts'
import {
  createSubjectKey,
  encryptPersonal,
  openSubjectKey,
  sealSubjectKey,
} from '../key-ring/personal.ts'
import { type DatabaseInternals, inTransaction } from './database.ts'
import { statement } from './statement.ts'

const cacheMs = 5 * 60_000
const maxCached = 10_000

/**
 * The row is written before the event that needs it. Whoever comes second gets the first one's
 * key: `do update` locks and returns the row that is there, and changes nothing.
 */
const ensureKey = statement<{ wrapped: Buffer }, [subject: string, wrapped: Uint8Array]>(
  'subject_key.ensure',
  `insert into subject_key (subject, wrapped) values ($1, $2)
   on conflict (tenant_id, subject) do update set subject = excluded.subject
   returning wrapped`,
)

/** Gives the function that encrypts personal fields of one subject, making its key at first use. */
export function createSubjectKeys(database: DatabaseInternals, keyRing: KeyRing) {
  const keys = new LRUCache<string, Uint8Array>({ max: maxCached, ttl: cacheMs })
  return async (ctx: Context, subject: string): Promise<(value: unknown) => string> => {
    const context = `${ctx.scope.tenantId}/${subject}`
    let key = keys.get(context)
    if (!key) {
      if (inTransaction(ctx))
        throw new Error('write events with personal fields before the transaction is opened')
      // Without the claim of an idempotent request: this row is no effect of the operation.
      const { scope, principal, now, trace, log } = ctx
      const [rows] = await database.batch({ scope, principal, now, trace, log }, [
        ensureKey(subject, sealSubjectKey(keyRing, createSubjectKey(), context)),
      ])
      const wrapped = rows[0]?.wrapped
      if (!wrapped) throw new Error(`no key for subject ${subject}`)
      key = openSubjectKey(keyRing, wrapped, context)
      keys.set(context, key)
    }
    const known = key
    return (value) => encryptPersonal(known, value, context)
  }
}
