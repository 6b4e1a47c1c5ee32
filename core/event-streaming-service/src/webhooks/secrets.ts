import { createHmac, randomBytes } from 'node:crypto'
import type { KeyRing } from '@prognetwork/shared-infrastructure'

const secretBytes = 32

/** Secrets as they are kept: sealed, and bound to their endpoint. */
export function createSecrets(keyRing: KeyRing) {
  const contextOf = (tenantId: string, endpointId: string) =>
    `webhook-secret ${tenantId} ${endpointId}`
  return {
    /** A new one: what its owner is shown once, and what is stored. */
    create(tenantId: string, endpointId: string) {
      const secret = randomBytes(secretBytes)
      return {
        shown: `whsec_${secret.toString('base64')}`,
        sealed: keyRing.seal(secret, contextOf(tenantId, endpointId)),
      }
    },
    open: (sealed: Uint8Array, tenantId: string, endpointId: string) =>
      keyRing.open(sealed, contextOf(tenantId, endpointId)),
  }
}

export type Secrets = ReturnType<typeof createSecrets>

/** The headers that show who sent a body (Standard Webhooks): a signature per secret. */
export function signatureHeaders(
  id: string,
  timestampSeconds: number,
  body: string,
  secrets: readonly Uint8Array[],
) {
  const signed = `${id}.${timestampSeconds}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': secrets
      .map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
      .join(' '),
  }
}
