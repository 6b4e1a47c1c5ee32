// What mails of a tenant are written with, unless one names something else; as of some seconds ago at
// most, and of this moment where it was changed in the same process.
import type { Context } from '@prognetwork/contracts'
import { createCache } from '@prognetwork/shared-infrastructure/cache'
import type { Sender, Senders } from '../senders/senders.ts'
import type { OrderMailName } from '../templates/built-in.ts'
import type { Template, Templates } from '../templates/templates.ts'

export interface Letterhead {
  /** Undefined where the tenant has none of its own. */
  readonly sender: Sender | undefined
  readonly template: Template
}

const maxLetterheads = 2_000
const keptMs = 5_000

export function createLetterheads({
  senders,
  templates,
}: {
  readonly senders: Senders
  readonly templates: Templates
}) {
  const cache = createCache<OrderMailName, Letterhead>({
    ...{ name: 'letterhead', max: maxLetterheads, ttlMs: keptMs },
  })

  async function load(ctx: Context, name: OrderMailName): Promise<Letterhead> {
    const [sender, template] = await Promise.all([
      senders.find(ctx, undefined),
      templates.published(ctx, name),
    ])
    if (!template) throw new Error(`there is no template ${name}`)
    return { sender, template }
  }

  return {
    find: (ctx: Context, name: OrderMailName): Promise<Letterhead> =>
      cache.get(ctx.scope.tenantId, name, () => load(ctx, name)),
    forget: (tenantId: string): void => cache.forgetTenant(tenantId),
  }
}

export type Letterheads = ReturnType<typeof createLetterheads>
