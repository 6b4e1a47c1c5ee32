import { createHash } from 'node:crypto'
import { common, type Output } from '@prognetwork/contracts'
import { apiKeyForm, type userContract } from '@prognetwork/contracts/user'
import type { Hearing } from '../host/consumption.ts'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'
import { createKeptAnswers } from './kept-answers.ts'

type Check = Output<typeof userContract.operations.checkApiKey>

/** What user-service knows about a key that works. */
type VerifiedApiKey = NonNullable<Check['key']>

/** The owner of the key is told of uses by being asked, so the last use is this exact. */
const maxAgeMs = 60_000
const maxKeys = 10_000

export interface ApiKeyVerifier {
  verify(apiKey: string): Promise<VerifiedApiKey>
  /** A key was revoked or has a new secret; without its id, any may have been. */
  forget(keyId?: string): void
}

/**
 * Verifies API keys. `find` is asked with the hash, so the key itself goes no further. Keys that do
 * not work are not remembered.
 */
export function createApiKeyVerifier(options: {
  readonly find: (hash: string) => Promise<Check>
  readonly hearing: Hearing
  readonly realTime: RealTime
}): ApiKeyVerifier {
  const { find, hearing, realTime } = options
  const answers = createKeptAnswers<Check>({
    hearing,
    max: maxKeys,
    maxAgeMs,
    isKept: ({ key }) => key !== null,
  })
  return {
    async verify(apiKey) {
      if (!apiKeyForm.test(apiKey)) throw refused()
      const hash = createHash('sha256').update(apiKey).digest('base64url')
      const { key } = await answers.get(hash, () => find(hash))
      if (!key) throw refused()
      if (key.expiresAt !== null && Date.parse(key.expiresAt) <= realTime.nowMs()) throw refused()
      return key
    },
    forget: (keyId) => answers.forget((_hash, { key }) => keyId === undefined || key?.id === keyId),
  }
}

function refused(): Problem {
  return new Problem(common.credentialInvalid, 'The API key is not valid, was revoked or expired', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}
