// What is taxed where. Rates are looked up by the place that an order is sent to.
import type { orderContract } from '@prognetwork/contracts/order'
import {
  type Audit,
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

export function createTaxes({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const set: TaxHandlers['setTaxRates'] = async (ctx, { body }) => {
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
    return { items: rates.map(shown) }
  }

  const list: TaxHandlers['listTaxRates'] = async (ctx) => ({
    items: (await db.read(ctx, listRates())).map(shown),
  })

  return { set, list }
}

function shown({ region, ...rate }: Rate) {
  return { ...rate, region: region === '' ? null : region }
}
