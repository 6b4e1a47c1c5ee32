// What is taxed where. Rates are looked up by the place that an order is sent to.
import type { Context } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type Audit,
  type Call,
  command,
  type Database,
  type Handlers,
  statement,
} from '@prognetwork/shared-infrastructure'
import type { taxRates } from '../tables.ts'

type TaxHandlers = Handlers<typeof orderContract>
type Rate = Omit<typeof taxRates.$inferSelect, 'tenantId'>

const removeRates = command('tax_rate.remove_all', 'delete from tax_rate')
const insertRates = command<[rates: string]>(
  'tax_rate.insert',
  `insert into tax_rate (country, region, tax_class, name, basis_points, included)
   select country, region, "taxClass", name, "basisPoints", included
   from jsonb_to_recordset($1::jsonb) as r (country text, region text,
     "taxClass" text, name text, "basisPoints" integer, included boolean)`,
)
const listRates = statement<Rate>(
  'tax_rate.list',
  `select country, region, tax_class as "taxClass", name, basis_points as "basisPoints", included
   from tax_rate order by country, region, tax_class`,
)

/** As rates are kept by it, and looked up: case makes no difference. */
export function taxRegionOf(region: string | null): string | null {
  return region?.toLowerCase() ?? null
}

export function createTaxes(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly call: Call
}) {
  const { db, audit, call } = parts

  /** A class that no rate names is a slip more often than not, and nothing else would tell. */
  async function unrated(ctx: Context, rates: readonly { readonly taxClass: string }[]) {
    const rated = new Set(rates.map((one) => one.taxClass))
    const { items } = await call(ctx, productContract.operations.listTaxClassesInUse, {})
    return items.filter((one) => !rated.has(one.taxClass))
  }

  const set: TaxHandlers['setTaxRates'] = async (ctx, { body }) => {
    // Before anything is said otherwise: who hears of a failure has changed nothing.
    const unratedClasses = await unrated(ctx, body.items)
    const rows = body.items.map((one) => ({ ...one, region: taxRegionOf(one.region) ?? '' }))
    const [, , rates] = await db.batch(ctx, [
      removeRates(),
      insertRates(JSON.stringify(rows)),
      listRates(),
      audit(ctx, {
        action: 'tax_rates.set',
        outcome: 'success',
        resource: 'tax_rates',
        detail: { count: rows.length },
      }),
    ])
    return { items: rates.map(shown), unratedClasses }
  }

  const list: TaxHandlers['listTaxRates'] = async (ctx) => {
    const rates = await db.read(ctx, listRates())
    return { items: rates.map(shown), unratedClasses: await unrated(ctx, rates) }
  }

  return { set, list }
}

function shown({ region, ...rate }: Rate) {
  return { ...rate, region: region === '' ? null : region }
}
