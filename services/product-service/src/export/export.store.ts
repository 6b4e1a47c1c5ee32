import { statement } from '@prognetwork/shared-infrastructure'

export const countProducts = statement<{ products: number }>(
  'export.count_products',
  'select count(*)::integer as products from product',
)

/** Every currency in which something has a price. */
export const listCurrencies = statement<{ currency: string }>(
  'export.list_currencies',
  'select distinct currency from price order by currency',
)
