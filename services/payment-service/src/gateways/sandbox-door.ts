// The sandbox tells of what it did not know at once as gateways elsewhere do: by signed webhooks,
// which come seconds later and are heard at the same door as theirs.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from '@prognetwork/contracts'
import { type paymentContract, webhookMissing } from '@prognetwork/contracts/payment'
import {
  type Database,
  type Handlers,
  type JobContext,
  type KeyRing,
  later,
  type PlatformDoor,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { endpointOf, readEndpoint } from '../told/endpoint.ts'
import { signatureOf } from '../told/signature.ts'
import { type Teller, type Told, whole } from '../told/told.ts'
import {
  deleteSandboxEvent,
  listDueSandboxEvents,
  putOffSandboxEvent,
  type SandboxEvent,
} from './sandbox.store.ts'

type SandboxHandlers = Handlers<typeof paymentContract>

const reason = 'the sandbox tells of payments'
const retryMs = 30_000
const lotSize = 500

export function createSandboxTeller(name: string): Teller {
  return {
    name,
    referenceOf: ({ object, id }) =>
      object === 'sandbox_charge' && id?.startsWith('sb_') ? id : undefined,
    // Its books are in the commit of the payment, so that it knows none which is not kept.
    async adopt() {},
  }
}

export function createSandboxDoor(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly keyRing: KeyRing
  readonly realTime: RealTime
  readonly publicUrl: string
  readonly teller: Teller
  readonly told: Told
}) {
  const { db, platform, keyRing, realTime, publicUrl, teller, told } = parts
  const derive = (purpose: string, tenantId: string) =>
    createHmac('sha256', keyRing.deriveKey(purpose)).update(tenantId).digest()
  const secretOf = (tenantId: string) =>
    `whsec_${derive('sandbox-webhooks', tenantId).toString('base64url')}`
  const keyOf = (tenantId: string) => derive('sandbox-endpoint', tenantId).subarray(0, 16)

  const read: SandboxHandlers['readSandbox'] = ({ scope: { tenantId } }) => ({
    signingSecret: secretOf(tenantId),
    webhookUrl: `${publicUrl}/api/v1/sandbox/webhooks/${endpointOf(tenantId, keyOf(tenantId))}`,
  })

  const hear: SandboxHandlers['hearSandbox'] = async (ctx, input) => {
    const { tenantId, key } = readEndpoint(input.params.endpoint)
    if (!timingSafeEqual(keyOf(tenantId), key))
      throw new Problem(webhookMissing, 'Read the sandbox for its address')
    const inTenant = platform.enter(ctx, tenantId, reason)
    const signature = input.headers['sandbox-signature'] ?? ''
    const secret = secretOf(tenantId)
    await told.hear(inTenant, teller, { body: await whole(input.body), signature, secret })
    return { received: true }
  }

  /** It is told again until it was heard. */
  async function tell(ctx: Context, { id, type, reference }: SandboxEvent): Promise<void> {
    await db.batch(ctx, [putOffSandboxEvent(id, later(ctx.now, retryMs))])
    const about = { id: reference, object: 'sandbox_charge' }
    const body = Buffer.from(JSON.stringify({ id, type, data: { object: about } }))
    const secret = secretOf(ctx.scope.tenantId)
    const signature = signatureOf(body, secret, Math.floor(realTime.nowMs() / 1_000))
    const { handling } = await told.hear(ctx, teller, { body, signature, secret })
    await db.batch(ctx, [deleteSandboxEvent(id)])
    // What comes of it belongs to the trace of the job.
    await handling
  }

  return {
    read,
    hear,
    async post({ ctx, forEach }: JobContext): Promise<void> {
      await forEach(await platform.read(ctx, reason, listDueSandboxEvents(ctx.now, lotSize)), tell)
    },
  }
}
