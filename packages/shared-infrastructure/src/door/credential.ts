import type { IncomingHttpHeaders } from 'node:http'
import { common } from '@prognetwork/contracts'
import { Problem } from '../service/failure.ts'

/** What a request brings to show who asks. */
export type Credential =
  | { readonly kind: 'api_key'; readonly value: string }
  | { readonly kind: 'access_token'; readonly value: string }

/**
 * Reads `Authorization: Bearer` (RFC 6750) and `X-API-Key`. Whatever is not understood is refused,
 * not ignored, and so are two credentials at once: one of them would be ignored.
 */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const bearer = bearerOf(headers)
  const apiKey = headers['x-api-key']
  if (apiKey === undefined)
    return bearer === undefined
      ? undefined
      : { kind: bearer.startsWith('pn_') ? 'api_key' : 'access_token', value: bearer }
  if (bearer !== undefined || typeof apiKey !== 'string')
    throw refused('Send one credential: Authorization or X-API-Key')
  return { kind: 'api_key', value: apiKey }
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  if (authorization === undefined) return undefined
  const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization)?.[1]
  if (token === undefined) throw refused('Authorization must be a Bearer token')
  return token
}

function refused(detail: string): Problem {
  return new Problem(common.credentialInvalid, detail, {
    headers: { 'www-authenticate': 'Bearer error="invalid_request"' },
  })
}
