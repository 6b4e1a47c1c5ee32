import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Context } from '@prognetwork/contracts'
import type { PublicKey } from '@prognetwork/contracts/user'
import type { Database, KeyRing, RealTime } from '@prognetwork/shared-infrastructure'
import {
  activateNext,
  deleteRetired,
  insertKey,
  listKeys,
  retireActive,
  type SigningKeyRow,
} from './signing-keys.store.ts'

const dayMs = 24 * 3_600_000
/** A key signs for this long. */
const activeMs = 30 * dayMs
/** A key is published for this long before it signs, so that every verifier has seen it. */
const publishedMs = dayMs
/** Far below the day for which a key is published before it signs. */
const publishedCacheMs = 60_000
/** A retired key stays published until nothing it signed is valid, caches included. */
const retiredMs = dayMs

export interface SigningKeys {
  /** Makes the first keys, and rotates when it is time; safe in several processes at once. */
  rotate(ctx: Context): Promise<void>
  /** The key that signs now. */
  active(): { readonly kid: string; readonly privateKey: KeyObject }
  published(ctx: Context): Promise<PublicKey[]>
}

/** Ed25519 keys that access tokens are signed with: next, then active, then retired. */
export function createSigningKeys(parts: {
  readonly db: Database
  readonly keyRing: KeyRing
  readonly realTime: RealTime
}): SigningKeys {
  const { db, keyRing, realTime } = parts
  let active: { kid: string; privateKey: KeyObject } | undefined
  let known: { keys: PublicKey[]; readAtMs: number } | undefined

  function newKeyStatement(state: 'next' | 'active') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x } = publicKey.export({ format: 'jwk' })
    if (x === undefined) throw new Error('an Ed25519 key has no x')
    const kid = thumbprint(x)
    const sealed = keyRing.seal(
      privateKey.export({ format: 'der', type: 'pkcs8' }),
      sealContext(kid),
    )
    const jwk: PublicKey = { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
    const now = realTime.now()
    return insertKey(kid, state, JSON.stringify(jwk), sealed, now, state === 'active' ? now : null)
  }

  async function ensureKeys(ctx: Context): Promise<readonly SigningKeyRow[]> {
    const rows = await db.read(ctx, listKeys())
    const missing = (['active', 'next'] as const).filter(
      (state) => !rows.some((row) => row.state === state),
    )
    if (missing.length === 0) return rows
    await db.batch(ctx, missing.map(newKeyStatement))
    return db.read(ctx, listKeys())
  }

  async function rotateWhenDue(ctx: Context, rows: readonly SigningKeyRow[]): Promise<boolean> {
    const now = realTime.nowMs()
    const current = rows.find((row) => row.state === 'active')
    const next = rows.find((row) => row.state === 'next')
    if (!current || !next) return false
    const due =
      now - Date.parse(current.activatedAt ?? current.createdAt) >= activeMs &&
      now - Date.parse(next.createdAt) >= publishedMs
    if (!due) return false
    const at = new Date(now).toISOString()
    await db.transaction(ctx, async (tx) => {
      const retired = await tx.run(retireActive(current.kid, at))
      if (retired.length > 0) await tx.run(activateNext(next.kid, at))
    })
    return true
  }

  return {
    async rotate(ctx) {
      let rows = await ensureKeys(ctx)
      if (await rotateWhenDue(ctx, rows)) rows = await ensureKeys(ctx)
      await db.batch(ctx, [deleteRetired(realTime.now(-retiredMs))])
      const row = rows.find((one) => one.state === 'active')
      if (!row) throw new Error('there is no active signing key')
      if (row.kid === active?.kid) return
      const der = Buffer.from(keyRing.open(row.privateKeySealed, sealContext(row.kid)))
      active = {
        kid: row.kid,
        privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      }
    },
    active() {
      if (!active) throw new Error('signing keys were not loaded')
      return active
    },
    async published(ctx) {
      if (known && realTime.nowMs() - known.readAtMs < publishedCacheMs) return known.keys
      const rows = await db.read(ctx, listKeys())
      known = { keys: rows.map((row) => row.publicKey), readAtMs: realTime.nowMs() }
      return known.keys
    },
  }
}

function sealContext(kid: string): string {
  return `signing-key/${kid}`
}

/** RFC 7638 with the members RFC 8037 requires for an OKP key. */
function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
}
