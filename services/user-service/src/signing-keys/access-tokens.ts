import { sign } from 'node:crypto'
import { accessTokenAudience } from '@prognetwork/contracts/user'
import { newId, type RealTime } from '@prognetwork/shared-infrastructure'
import type { SigningKeys } from './signing-keys.ts'

/** Lifetime of an access token. */
export const accessTokenSeconds = 1_800

interface AccessTokenClaims {
  readonly accountId: string
  readonly sessionId: string
  readonly tenantId: string
  readonly roles: readonly string[]
  readonly methods: readonly string[]
  /** RFC 3339. */
  readonly openedAt: string
  /** The web client whose server asked for it. */
  readonly clientId?: string
  /** Shorter than usual. */
  readonly lifetimeSeconds?: number
  /** Who acts for the tenant, by the account they signed in with. */
  readonly actor?: { readonly accountId: string; readonly tenantId: string }
}

export interface AccessTokens {
  mint(claims: AccessTokenClaims): string
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
        exp: issuedAt + (claims.lifetimeSeconds ?? accessTokenSeconds),
        jti: newId(),
        // RFC 9068, section 2.2.
        ...(claims.clientId !== undefined && { client_id: claims.clientId }),
        // RFC 8693, section 4.1.
        ...(claims.actor && { act: { sub: claims.actor.accountId, tid: claims.actor.tenantId } }),
      })
      const signed = `${header}.${payload}`
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
