// Stripe's own client, for the account of the tenant at work. What Stripe answers about a payment
// is for whoever asked; that Stripe does not answer, or not this tenant, is told from it here.
import type { Context } from '@prognetwork/contracts'
import { gatewayUnready } from '@prognetwork/contracts/payment'
import { Problem, Unavailable } from '@prognetwork/shared-infrastructure'
import type Stripe from 'stripe'
import type { StripeAccounts } from './accounts.ts'

/** A request that broke off is repeated under its idempotency key. */
const maxNetworkRetries = 1

export interface StripeAccess {
  /** Asks as the tenant. Throws `Unavailable`, `payment.gateway_unready`, or what was refused. */
  ask<Answer>(ctx: Context, question: (stripe: Stripe) => Promise<Answer>): Promise<Answer>
}

export function createStripeAccess(parts: {
  readonly accounts: StripeAccounts
  readonly url: string
  readonly timeoutMs: number
}): StripeAccess {
  const { hostname, port, protocol } = new URL(parts.url)
  const isSecure = protocol === 'https:'
  const settings = {
    ...{ host: hostname, port: port || (isSecure ? 443 : 80) },
    ...({ protocol: isSecure ? 'https' : 'http' } as const),
    ...{ timeout: parts.timeoutMs, maxNetworkRetries, telemetry: false },
  }
  // Most installations take no money by Stripe, so it is loaded when it is needed.
  const load = async () => (await import('stripe')).default

  return {
    async ask(ctx, question) {
      const [secretKey, Client] = await Promise.all([parts.accounts.secretKeyOf(ctx), load()])
      try {
        return await question(new Client(secretKey, settings))
      } catch (error) {
        if (!(error instanceof Client.errors.StripeError)) throw error
        throw failureOf(ctx, error)
      }
    },
  }
}

/** What Stripe answered to what it was asked. */
export type StripeRefusal = Stripe.errors.StripeError & {
  readonly type: 'StripeCardError' | 'StripeInvalidRequestError' | 'StripeIdempotencyError'
}

export function isRefusal(error: unknown): error is StripeRefusal {
  const type = error instanceof Error && 'type' in error && error.type
  return (
    type === 'StripeCardError' ||
    type === 'StripeInvalidRequestError' ||
    type === 'StripeIdempotencyError'
  )
}

function failureOf(ctx: Context, error: Stripe.errors.StripeError): Error {
  if (isRefusal(error)) return error
  const { type, code, statusCode, requestId } = error
  ctx.log.warn({ type, code, statusCode, requestId }, 'Stripe did not answer')
  if (type === 'StripeAuthenticationError' || type === 'StripePermissionError')
    return new Problem(gatewayUnready, 'Stripe refuses the key of the account', { cause: error })
  return new Unavailable('Stripe', { cause: error })
}
