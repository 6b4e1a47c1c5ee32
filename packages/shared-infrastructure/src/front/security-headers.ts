import type { ServerResponse } from 'node:http'

/**
 * Headers that every reply carries. They are set on the raw response: what is set on Fastify's
 * reply is lost when the request is handed over.
 */
export function securityHeaders(publicUrl: string): readonly (readonly [string, string])[] {
  const isTls = publicUrl.startsWith('https:')
  return [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['x-frame-options', 'DENY'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-opener-policy', 'same-origin'],
    // Replies are read by other origins as far as CORS allows; nothing may embed them otherwise.
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()'],
    ...(isTls
      ? [['strict-transport-security', 'max-age=31536000; includeSubDomains'] as const]
      : []),
  ]
}

export function setHeaders(
  response: ServerResponse,
  headers: readonly (readonly [string, string])[],
): void {
  for (const header of headers) response.setHeader(header[0], header[1])
}
