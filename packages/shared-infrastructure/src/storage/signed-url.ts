// URLs that carry their own permission: one method on one path of one tenant until a moment.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type KeyRing, UnknownKey } from '../key-ring/index.ts'
import { checkPath, InvalidPath, type SignedMethod } from './storage.ts'

export interface SignedRequest {
  readonly tenantId: string
  readonly path: string
  readonly method: SignedMethod
}

const purpose = 'storage.signed-url'

/** `<baseUrl>/<tenant>/<path>?expires=&key=&signature=`; throws `InvalidPath`. */
export function signStorageUrl(
  keyRing: KeyRing,
  baseUrl: string,
  request: SignedRequest & { expiresAt: Date },
): string {
  const { tenantId, path, expiresAt } = request
  const segments = [tenantId, ...checkPath(tenantId, path)].map(encodeURIComponent)
  const [keyId = ''] = keyRing.keyIds
  const expires = Math.floor(expiresAt.getTime() / 1000)
  if (!Number.isSafeInteger(expires)) throw new RangeError('expiresAt is not a date')
  const signature = sign(keyRing, keyId, request, expires).toString('base64url')
  const query = new URLSearchParams({ expires: String(expires), key: keyId, signature })
  return `${baseUrl}/${segments.join('/')}?${query}`
}

/**
 * What a signed URL allows, or undefined when it is not one of ours, was changed, has expired, or
 * is for another method. What was signed for GET may also be asked with HEAD.
 */
export function verifyStorageUrl(
  keyRing: KeyRing,
  baseUrl: string,
  url: string,
  method: string,
): SignedRequest | undefined {
  const signedMethod = method === 'HEAD' ? 'GET' : method
  if (signedMethod !== 'GET' && signedMethod !== 'PUT') return undefined
  const [address = '', query] = url.split('?', 2)
  if (!address.startsWith(`${baseUrl}/`)) return undefined
  const place = decodePlace(address.slice(baseUrl.length + 1))
  if (place === undefined) return undefined
  const fields = new URLSearchParams(query)
  const expires = Number(fields.get('expires') ?? Number.NaN)
  if (!Number.isSafeInteger(expires) || expires * 1000 <= Date.now()) return undefined
  const request = { ...place, method: signedMethod } as const
  const given = Buffer.from(fields.get('signature') ?? '', 'base64url')
  const expected = signIfKnown(keyRing, fields.get('key') ?? '', request, expires)
  if (expected?.length !== given.length || !timingSafeEqual(expected, given)) return undefined
  return request
}

function decodePlace(place: string): { tenantId: string; path: string } | undefined {
  try {
    const [tenantId = '', ...segments] = place.split('/').map(decodeURIComponent)
    // A slash hidden in a segment as %2F would become another path than the one that was signed.
    if (segments.some((segment) => segment.includes('/'))) return undefined
    const path = segments.join('/')
    checkPath(tenantId, path)
    return { tenantId, path }
  } catch (error) {
    if (error instanceof URIError || error instanceof InvalidPath) return undefined
    throw error
  }
}

function sign(keyRing: KeyRing, keyId: string, request: SignedRequest, expires: number): Buffer {
  const { method, tenantId, path } = request
  const key = keyRing.deriveKey(purpose, keyId)
  return createHmac('sha256', key).update(`${method}\n${expires}\n${tenantId}\n${path}`).digest()
}

function signIfKnown(
  keyRing: KeyRing,
  keyId: string,
  request: SignedRequest,
  expires: number,
): Buffer | undefined {
  try {
    return sign(keyRing, keyId, request, expires)
  } catch (error) {
    if (error instanceof UnknownKey) return undefined
    throw error
  }
}
