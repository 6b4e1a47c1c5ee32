// What mails say of the shop that they are from, as of a minute ago at most.
import type { Context } from '@prognetwork/contracts'
import { type TenantSettings, tenantContract } from '@prognetwork/contracts/tenant'
import { type Call, type ClientOrigins, originFor } from '@prognetwork/shared-infrastructure'
import { createCache } from '@prognetwork/shared-infrastructure/cache'

export interface Shop extends TenantSettings {
  /** Where people reach the shop; no slash at the end. */
  readonly url: string
}

const maxShops = 10_000
const keptMs = 60_000

export function createShops(parts: { readonly call: Call; readonly clientOrigins: ClientOrigins }) {
  const { call, clientOrigins } = parts
  const { findTenant, findTenantSettings } = tenantContract.operations
  const shops = createCache<'shop', Shop>({ name: 'mail-shop', max: maxShops, ttlMs: keptMs })

  async function load(ctx: Context): Promise<Shop> {
    const [{ slug }, { settings }] = await Promise.all([
      call(ctx, findTenant, { params: { name: ctx.scope.tenantId } }),
      call(ctx, findTenantSettings, {}),
    ])
    return { ...settings, url: originFor(clientOrigins, 'storefront-client', slug) }
  }

  return (ctx: Context): Promise<Shop> => shops.get(ctx.scope.tenantId, 'shop', () => load(ctx))
}

export type FindShop = ReturnType<typeof createShops>
