import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { createDomains } from './domains/domains.ts'

/** A domain that the tenant claims; the tenant itself is there before any fixture. */
export function createFixture({ add }: Pick<ReturnType<typeof createDomains>, 'add'>): Fixture {
  return async (ctx, { marker }) => {
    const { id } = await add(ctx, { body: { name: `${marker}.example.com` } })
    return { domain: id }
  }
}
