// The accounts of tenants at Stripe. A key is shown to nobody again, not even to who set it.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, Output } from '@prognetwork/contracts'
import { gatewayUnready, gatewayUnset, type paymentContract } from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Database,
  type Handlers,
  type KeyRing,
  later,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { endpointOf } from '../told/endpoint.ts'
import { deleteAccount, findAccount, type StripeAccount, setAccount } from './accounts.store.ts'

type AccountHandlers = Handlers<typeof paymentContract>
type Shown = Output<typeof paymentContract.operations.readStripeAccount>

/** How long an account is told of by webhooks alone. */
export const lookIntervalMs = 5 * 60_000

export function createStripeAccounts(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly keyRing: KeyRing
  readonly realTime: RealTime
  readonly publicUrl: string
}) {
  const { db, audit, keyRing, realTime, publicUrl } = parts

  const place = ({ scope }: Context, what: string) => `stripe ${what} ${scope.tenantId}`
  const seal = (ctx: Context, what: string, secret: string) =>
    keyRing.seal(Buffer.from(secret), place(ctx, what))
  const open = (ctx: Context, what: string, sealed: Uint8Array) =>
    Buffer.from(keyRing.open(sealed, place(ctx, what))).toString()

  function shown(ctx: Context, account: StripeAccount): Shown {
    const { secretKeyHint: secretKey, signingSecretHint: signingSecret, setAt } = account
    const path = endpointOf(ctx.scope.tenantId, account.endpoint)
    return {
      ...{ mode: /^.._live_/.test(secretKey) ? 'live' : 'test', secretKey, signingSecret, setAt },
      webhookUrl: `${publicUrl}/api/v1/stripe/webhooks/${path}`,
    }
  }

  const read: AccountHandlers['readStripeAccount'] = async (ctx) => {
    const [account] = await db.read(ctx, findAccount())
    return account ? shown(ctx, account) : unset()
  }

  const set: AccountHandlers['setStripeAccount'] = async (ctx, { body }) => {
    const { secretKey, signingSecret } = body
    const [[account]] = await db.batch(ctx, [
      setAccount(
        ...([seal(ctx, 'secret-key', secretKey), hintOf(secretKey)] as const),
        signingSecret === null ? null : seal(ctx, 'signing-secret', signingSecret),
        ...([signingSecret && hintOf(signingSecret), randomBytes(16), ctx.now] as const),
        ...([secondsOf(realTime.now()), later(ctx.now, lookIntervalMs)] as const),
      ),
      audit(ctx, { action: 'gateway.set', outcome: 'success', resource: 'gateway/stripe' }),
    ])
    if (!account) throw new Error('an account that was set is not there')
    return shown(ctx, account)
  }

  const remove: AccountHandlers['removeStripeAccount'] = async (ctx) => {
    await db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteAccount())
      if (!gone) return unset()
      await tx.run(
        audit(ctx, { action: 'gateway.removed', outcome: 'success', resource: 'gateway/stripe' }),
      )
    })
  }

  return {
    handlers: { readStripeAccount: read, setStripeAccount: set, removeStripeAccount: remove },

    async secretKeyOf(ctx: Context): Promise<string> {
      const [account] = await db.read(ctx, findAccount())
      if (!account) throw new Problem(gatewayUnready, 'It has no account at Stripe')
      return open(ctx, 'secret-key', account.secretKey)
    },

    /** What webhooks of the tenant are signed with; undefined where none are heard at the place. */
    async signingSecretAt(ctx: Context, key: Uint8Array): Promise<string | null | undefined> {
      const [account] = await db.read(ctx, findAccount())
      if (!account || !timingSafeEqual(account.endpoint, key)) return undefined
      const { signingSecret } = account
      return signingSecret && open(ctx, 'signing-secret', signingSecret)
    },
  }
}

export type StripeAccounts = ReturnType<typeof createStripeAccounts>

/** What of a secret may be seen: its kind and its end. */
function hintOf(secret: string): string {
  const kind = /^(?:whsec|.._(?:test|live))_/.exec(secret)?.[0] ?? ''
  return `${kind}...${secret.slice(-4)}`
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1_000)
}

function unset(): never {
  throw new Problem(gatewayUnset, 'Set its secret key first')
}
