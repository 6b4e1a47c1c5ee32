import { sign } from 'node:crypto'
import { accessTokenAudience, accessTokenSeconds } from '@prognetwork/contracts/user'
import { newId, type RealTime } from '@prognetwork/shared-infrastructure'
import type { SigningKeys } from './signing-keys.ts'

interface AccessTokenClaims {
  readonly accountId: string
  readonly sessionId: string
  readonly tenantId: string
  readonly roles: readonly string[]
  readonly methods: readonly string[]
  /** RFC 3339. */
  readonly openedAt: string
  /** The token ends with its session at the latest; RFC 3339. */
  readonly endsAt: string
  /** The web client whose server asked for it. */
  readonly clientId?: string
  /** Shorter than usual. */
  readonly lifetimeSeconds?: number
  /** Who acts for the tenant, by the account and session they signed in with. */
  readonly actor?: {
    readonly accountId: string
    readonly tenantId: string
    readonly sessionId: string
    readonly standing: 'member' | 'operator'
    readonly reason: string | null
  }
}

/** A token, and for how many seconds it is good. */
interface MintedToken {
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  readonly expiresIn: number
}

export interface AccessTokens {
  mint(claims: AccessTokenClaims): MintedToken
}

/** JWT access tokens as RFC 9068 describes them, signed with Ed25519 (RFC 8037). */
export function createAccessTokens(parts: {
  readonly signingKeys: SigningKeys
  readonly issuer: string
  readonly realTime: RealTime
}): AccessTokens {
  return {
    mint(claims) {
      const { kid, privateKey } = parts.signingKeys.active()
      const issuedAt = Math.floor(parts.realTime.nowMs() / 1000)
      const endsAt = Math.floor(Date.parse(claims.endsAt) / 1000)
      const expiresAt = Math.min(issuedAt + (claims.lifetimeSeconds ?? accessTokenSeconds), endsAt)
      const header = encode({ alg: 'EdDSA', typ: 'at+jwt', kid })
      const payload = encode({
        iss: parts.issuer,
        aud: accessTokenAudience,
        sub: claims.accountId,
        sid: claims.sessionId,
        tid: claims.tenantId,
        roles: claims.roles,
        amr: claims.methods,
        aal: 'aal1',
        auth_time: Math.floor(Date.parse(claims.openedAt) / 1000),
        iat: issuedAt,
        exp: expiresAt,
        jti: newId(),
        // RFC 9068, section 2.2.
        ...(claims.clientId !== undefined && { client_id: claims.clientId }),
        ...(claims.actor && { act: actorClaim(claims.actor) }),
      })
      const signed = `${header}.${payload}`
      const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url')
      return {
        accessToken: `${signed}.${signature}`,
        tokenType: 'Bearer',
        expiresIn: expiresAt - issuedAt,
      }
    },
  }
}

/** RFC 8693, section 4.1, and what a door must know to see that the person may act no longer. */
function actorClaim(actor: NonNullable<AccessTokenClaims['actor']>) {
  const { accountId: sub, tenantId: tid, sessionId: sid, standing, reason } = actor
  return { sub, tid, sid, standing, ...(reason !== null && { reason }) }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
