/** The part of an address that leads to the webhooks of a tenant, and cannot be guessed. */
export function endpointOf(tenantId: string, key: Uint8Array): string {
  return Buffer.concat([Buffer.from(tenantId.replaceAll('-', ''), 'hex'), key]).toString(
    'base64url',
  )
}

/** Of any text of its length. */
export function readEndpoint(endpoint: string): { tenantId: string; key: Uint8Array } {
  const bytes = Buffer.from(endpoint, 'base64url')
  const tenantId = bytes
    .toString('hex', 0, 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { tenantId, key: bytes.subarray(16) }
}
