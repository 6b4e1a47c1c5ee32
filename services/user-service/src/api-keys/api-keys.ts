import { randomBytes, randomInt } from 'node:crypto'
import type { Context, Input, Output } from '@prognetwork/contracts'
import {
  apiKeyCreated,
  apiKeyMissing,
  apiKeyRevoked,
  apiKeyRotated,
  expiryPast,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  listPage,
  newId,
  Problem,
  type RealTime,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { tokenHash } from '../one-time-tokens/one-time-tokens.ts'
import { authorityOf, checkHolds, checkPatterns } from '../roles/authority.ts'
import {
  findApiKey,
  findKeyExpiry,
  insertApiKey,
  listApiKeys,
  lockApiKey,
  revokeApiKey,
  rotateApiKey,
} from './api-keys.store.ts'
import type { LastUses } from './last-uses.ts'

type Operations = typeof userContract.operations
type NewApiKey = Output<Operations['createApiKey']>

/** Keys that programs of a tenant use. They hold patterns of their own and outlast who made them. */
export function createApiKeys(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
  readonly lastUses: LastUses
}) {
  const { db, events, audit, realTime, lastUses } = parts

  /** A key makes none that outlives it, or a short leak would become a lasting one. */
  async function withinOwn(ctx: Context, wanted: string | null): Promise<string | null> {
    if (ctx.principal.kind !== 'api_key') return wanted
    const [own] = await db.read(ctx, findKeyExpiry(ctx.principal.subject))
    const limit = own?.expiresAt ?? null
    return limit !== null && (wanted === null || wanted > limit) ? limit : wanted
  }

  return {
    async create(ctx: Context, { body }: Input<Operations['createApiKey']>): Promise<NewApiKey> {
      checkPatterns(ctx, await authorityOf(ctx, db), body.scopes, 'scopes')
      const expiresAt = await withinOwn(ctx, body.expiresAt ?? null)
      if (expiresAt !== null && expiresAt <= realTime.now())
        throw new Problem(expiryPast, 'Choose a later time', {
          errors: [{ pointer: '/body/expiresAt', expected: 'a time to come', detail: 'Past' }],
        })
      const { key, prefix } = newKey()
      const { name, scopes } = body
      const [id, createdBy] = [newId(), ctx.principal.subject]
      await db.batch(ctx, [
        insertApiKey(id, name, prefix, tokenHash(key), scopes, createdBy, ctx.now, expiresAt),
        await events.put(ctx, apiKeyCreated, { apiKeyId: id, scopes }),
        audit(ctx, {
          action: 'api_key.created',
          outcome: 'success',
          resource: `api_key/${id}`,
          detail: { name, prefix, scopes, expiresAt },
        }),
      ])
      const createdAt = ctx.now
      return { id, name, prefix, scopes, createdBy, createdAt, expiresAt, lastUsedAt: null, key }
    },

    async list(
      ctx: Context,
      { query }: Input<Operations['listApiKeys']>,
    ): Promise<Output<Operations['listApiKeys']>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(ctx, listApiKeys(before ?? null, query.limit + 1))
      return listPage(rows, query.limit, (row) => [row.id])
    },

    /** Whoever rotates gets the key to see, so they must hold all that it may do. */
    async rotate(
      ctx: Context,
      { params, body }: Input<Operations['rotateApiKey']>,
    ): Promise<NewApiKey> {
      const authority = await authorityOf(ctx, db)
      const { key, prefix } = newKey()
      return db.transaction(ctx, async (tx) => {
        const [before] = await tx.run(lockApiKey(params.keyId))
        if (!before) throw missing()
        checkHolds(authority, before.scopes)
        const [after] = await tx.run(
          rotateApiKey(before.id, prefix, tokenHash(key), realTime.now(body.overlapSeconds * 1000)),
        )
        if (!after) throw missing()
        await tx.batch([
          await events.put(ctx, apiKeyRotated, { apiKeyId: after.id }),
          audit(ctx, {
            action: 'api_key.rotated',
            outcome: 'success',
            resource: `api_key/${after.id}`,
            detail: { prefix, before: before.prefix, overlapSeconds: body.overlapSeconds },
          }),
        ])
        return { ...after, key }
      })
    },

    async revoke(ctx: Context, { params }: Input<Operations['revokeApiKey']>): Promise<void> {
      await db.transaction(ctx, async (tx) => {
        const [revoked] = await tx.run(revokeApiKey(params.keyId, realTime.now()))
        if (!revoked) throw missing()
        await tx.batch([
          await events.put(ctx, apiKeyRevoked, { apiKeyId: revoked.id }),
          audit(ctx, {
            action: 'api_key.revoked',
            outcome: 'success',
            resource: `api_key/${revoked.id}`,
          }),
        ])
      })
    },

    async check(
      ctx: Context,
      { body }: Input<Operations['checkApiKey']>,
    ): Promise<Output<Operations['checkApiKey']>> {
      const key = await db.lookup(findApiKey(Buffer.from(body.hash, 'base64url')))
      if (!key || (key.expiresAt !== null && key.expiresAt <= realTime.now())) return { key: null }
      lastUses.note(ctx, key)
      return { key }
    },
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `pn_<prefix>_<secret>`: a prefix that people and secret scanners know it by, and 256 bits. */
function newKey(): { key: string; prefix: string } {
  const mark = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  const prefix = `pn_${mark}`
  return { prefix, key: `${prefix}_${randomBytes(32).toString('base64url')}` }
}

function missing(): Problem {
  return new Problem(apiKeyMissing, 'It may have been revoked already')
}
