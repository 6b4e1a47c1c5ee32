import { hash, type KeyObject, sign, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { common, type Principal } from '@prognetwork/contracts'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { Problem } from '../service/failure.ts'
import type { RealTime } from '../service/time.ts'

/**
 * How identity travels between processes: the calling service signs who the work is for, for one
 * target and for five minutes. A service accepts nothing else.
 */
export interface PrincipalTokens {
  mint(work: TokenWork): string
}

/** What a token says; `call` tells a call of the service itself from a request it passes on. */
interface TokenWork {
  readonly principal: Principal
  readonly tenantId: string
  readonly audience: string
  readonly use: 'call' | 'request'
}

const lifetimeSeconds = 300
/** A token is minted again while it is still good for this long. */
const renewBeforeSeconds = 60
const maxTokens = 10_000
const tokenType = 'principal+jwt'
const tokenHeader = encode({ alg: 'EdDSA', typ: tokenType })

/** Whether a request says that it comes from another process of the platform; not that it is true. */
export function bringsPrincipalToken({ authorization }: IncomingHttpHeaders): boolean {
  return authorization?.startsWith(`Bearer ${tokenHeader}.`) ?? false
}

export function createPrincipalTokens(options: {
  readonly service: string
  readonly privateKey: KeyObject
  readonly realTime: RealTime
}): PrincipalTokens {
  const minted = new LRUCache<string, { token: string; renewAtSeconds: number }>({ max: maxTokens })
  // Doors keep principals and give out the same one again, and writing one out is most of the work.
  const keysOf = new WeakMap<Principal, Map<string, string>>()

  function keyOf({ principal, tenantId, audience, use }: TokenWork): string {
    const place = `${audience} ${use} ${tenantId}`
    const keys = keysOf.get(principal) ?? new Map<string, string>()
    keysOf.set(principal, keys)
    let key = keys.get(place)
    if (key === undefined) {
      const prn = { ...principal, permissions: [...principal.permissions] }
      key = JSON.stringify({ iss: options.service, aud: audience, tid: tenantId, use, prn })
      keys.set(place, key)
    }
    return key
  }

  return {
    mint(work) {
      const nowSeconds = Math.floor(options.realTime.nowMs() / 1000)
      const key = keyOf(work)
      const known = minted.get(key)
      if (known && known.renewAtSeconds > nowSeconds) return known.token
      const times = { iat: nowSeconds, exp: nowSeconds + lifetimeSeconds }
      const payload = encode({ ...JSON.parse(key), ...times })
      const signed = `${tokenHeader}.${payload}`
      const signature = sign(null, Buffer.from(signed), options.privateKey)
      const token = `${signed}.${signature.toString('base64url')}`
      minted.set(key, { token, renewAtSeconds: nowSeconds + lifetimeSeconds - renewBeforeSeconds })
      return token
    },
  }
}

const headerSchema = z.object({ alg: z.literal('EdDSA'), typ: z.literal(tokenType) })
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  tid: z.uuid(),
  use: z.enum(['call', 'request']),
  exp: z.int(),
  prn: z.object({
    kind: z.enum(['user', 'anonymous', 'api_key', 'service']),
    subject: z.string(),
    tenantId: z.uuid(),
    permissions: z.array(z.string()),
    roles: z.array(z.string()),
    sessionId: z.uuid().optional(),
    actor: z
      .object({ subject: z.string(), tenantId: z.uuid(), reason: z.string().optional() })
      .optional(),
  }),
})

/** Who called, for whom, and under which tenant. */
export interface VerifiedWork {
  readonly principal: Principal
  readonly tenantId: string
  /** The service that made the call itself; absent for a request that a door passed on. */
  readonly caller: string | undefined
}

/** Checks tokens made for `service`; the same token is checked once and then known by its hash. */
export function createPrincipalVerifier(options: {
  readonly service: string
  /** The public key of a service, or nothing for an unknown one. */
  readonly publicKey: (service: string) => KeyObject | undefined
  readonly realTime: RealTime
}) {
  const verified = new LRUCache<string, { work: VerifiedWork; exp: number }>({ max: maxTokens })
  return function verifyToken(token: string): VerifiedWork {
    const nowSeconds = Math.floor(options.realTime.nowMs() / 1000)
    const digest = hash('sha256', token, 'base64')
    const known = verified.get(digest)
    if (known && known.exp > nowSeconds) return known.work
    const claims = check(token, options)
    if (claims.exp <= nowSeconds) throw refused('has expired')
    const work = Object.freeze({
      principal: Object.freeze({
        ...claims.prn,
        permissions: new Set(claims.prn.permissions),
      }) as Principal,
      tenantId: claims.tid,
      caller: claims.use === 'call' ? claims.iss : undefined,
    })
    verified.set(digest, { work, exp: claims.exp })
    return work
  }
}

function check(
  token: string,
  options: Parameters<typeof createPrincipalVerifier>[0],
): z.output<typeof claimsSchema> {
  const [header = '', payload = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || !headerSchema.safeParse(decode(header)).success)
    throw refused('is not a principal token')
  const { data: claims } = claimsSchema.safeParse(decode(payload))
  if (!claims) throw refused('does not say who it is for')
  if (claims.aud !== options.service) throw refused('is for another service')
  const key = options.publicKey(claims.iss)
  const signed = Buffer.from(`${header}.${payload}`)
  if (!key || !verify(null, signed, key, Buffer.from(signature, 'base64url')))
    throw refused('was not signed by a service of this platform')
  return claims
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function refused(why: string): Problem {
  return new Problem(common.credentialInvalid, `The principal token ${why}`)
}
