import { hash } from 'node:crypto'
import { common } from '@prognetwork/contracts'
import { standing } from '@prognetwork/contracts/user'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'

const claimsSchema = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  tid: z.uuid(),
  exp: z.int(),
  roles: z.array(z.string()),
  /** Who acts for the tenant, by the session they signed in with. */
  act: z
    .object({
      sub: z.uuid(),
      tid: z.uuid(),
      sid: z.uuid(),
      standing,
      reason: z.string().optional(),
    })
    .optional(),
})
export type AccessTokenClaims = z.infer<typeof claimsSchema>

/** Verifies access tokens; a token is checked once and then known by its hash until it expires. */
export interface AccessTokenVerifier {
  /** The same token answers the same object. */
  verify(token: string): AccessTokenClaims | Promise<AccessTokenClaims>
}

const keySetMs = 5 * 60_000
/** An unknown key id makes us fetch the set again, but anybody can make one up. */
const cooldownMs = 10_000
const maxTokens = 20_000

/**
 * Accepts exactly what user-service mints (RFC 9068): EdDSA, `typ: at+jwt`, our issuer and
 * audience. Whatever else a header names (none, another algorithm, `jku`, `jwk`) is refused.
 */
export function createAccessTokenVerifier(options: {
  readonly keySet: () => Promise<JSONWebKeySet>
  readonly issuer: string
  readonly audience: string
  readonly realTime: RealTime
}): AccessTokenVerifier {
  const verified = new LRUCache<string, AccessTokenClaims>({ max: maxTokens })
  const keys = createKeySetCache(options.keySet, options.realTime)

  async function check(token: string, again: boolean): Promise<AccessTokenClaims> {
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(await keys.get()), {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: options.issuer,
        audience: options.audience,
        requiredClaims: ['exp', 'sub', 'sid', 'tid'],
        currentDate: new Date(options.realTime.nowMs()),
      })
      return claimsSchema.parse(payload)
    } catch (error) {
      if (again && error instanceof errors.JWKSNoMatchingKey && (await keys.refresh()))
        return check(token, false)
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw refused(error)
      throw error
    }
  }

  return {
    verify(token) {
      const digest = hash('sha256', token, 'base64')
      const known = verified.get(digest)
      if (known) {
        if (known.exp * 1000 > options.realTime.nowMs()) return known
        verified.delete(digest)
        throw refused(undefined)
      }
      return check(token, true).then((claims) => {
        verified.set(digest, claims)
        return claims
      })
    },
  }
}

function refused(cause: unknown): Problem {
  return new Problem(common.credentialInvalid, 'The access token is not valid or has expired', {
    cause,
    // RFC 6750, section 3.1.
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
}

function createKeySetCache(load: () => Promise<JSONWebKeySet>, realTime: RealTime) {
  let loaded: { keys: JSONWebKeySet; atMs: number } | undefined
  let loading: Promise<JSONWebKeySet> | undefined
  const fetch = (): Promise<JSONWebKeySet> => {
    loading ??= load()
      .then((keys) => {
        loaded = { keys, atMs: realTime.nowMs() }
        return keys
      })
      .finally(() => {
        loading = undefined
      })
    return loading
  }
  return {
    async get(): Promise<JSONWebKeySet> {
      if (loaded && realTime.nowMs() - loaded.atMs < keySetMs) return loaded.keys
      return fetch()
    },
    /** False while the last fetch is too recent. */
    async refresh(): Promise<boolean> {
      if (loaded && realTime.nowMs() - loaded.atMs < cooldownMs) return false
      await fetch()
      return true
    },
  }
}
