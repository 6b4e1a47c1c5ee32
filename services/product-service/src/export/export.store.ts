import { statement } from '@prognetwork/shared-infrastructure'

export const countProducts = statement<{ products: number }>(
  'export.count_products',
  'select count(*)::integer as products from product',
)

/** Every language that something is translated into. */
export const listLanguages = statement<{ locale: string }>(
  'export.list_languages',
  'select distinct jsonb_object_keys(titles) as locale from product order by locale',
)

/** Every currency in which something has a price. */
export const listCurrencies = statement<{ currency: string }>(
  'export.list_currencies',
  'select distinct currency from price order by currency',
)
