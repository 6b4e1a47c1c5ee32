import { createHash } from 'node:crypto'
import { common, type Output } from '@prognetwork/contracts'
import { apiKeyForm, type userContract } from '@prognetwork/contracts/user'
import { LRUCache } from 'lru-cache'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'

/** What user-service knows about a key that works. */
export type VerifiedApiKey = NonNullable<Output<typeof userContract.operations.checkApiKey>['key']>

/** How long a revoked key may still be believed; nothing tells the doors before that. */
const believedMs = 5_000
const maxKeys = 10_000

interface Known {
  readonly key: VerifiedApiKey
  readonly untilMs: number
}

/**
 * Verifies API keys. `find` is asked with the hash, so the key itself goes no further; many
 * requests with one key at once ask once. Keys that do not work are not remembered.
 */
export function createApiKeyVerifier(options: {
  readonly find: (hash: string) => Promise<VerifiedApiKey | null>
  readonly realTime: RealTime
}) {
  const { find, realTime } = options
  const known = new LRUCache<string, Known>({ max: maxKeys })
  const asking = new Map<string, Promise<VerifiedApiKey | null>>()

  async function ask(hash: string): Promise<VerifiedApiKey | null> {
    const key = await find(hash)
    if (key) {
      const believedUntilMs = realTime.nowMs() + believedMs
      const endsMs = key.expiresAt === null ? believedUntilMs : Date.parse(key.expiresAt)
      known.set(hash, { key, untilMs: Math.min(believedUntilMs, endsMs) })
    }
    return key
  }

  return async function verify(apiKey: string): Promise<VerifiedApiKey> {
    if (!apiKeyForm.test(apiKey)) throw refused()
    const hash = createHash('sha256').update(apiKey).digest('base64url')
    const believed = known.get(hash)
    if (believed && believed.untilMs > realTime.nowMs()) return believed.key
    known.delete(hash)
    let answer = asking.get(hash)
    if (!answer) {
      answer = ask(hash).finally(() => asking.delete(hash))
      asking.set(hash, answer)
    }
    return (await answer) ?? refuse()
  }
}

function refuse(): never {
  throw refused()
}

function refused(): Problem {
  return new Problem(common.credentialInvalid, 'The API key is not valid, was revoked or expired', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
