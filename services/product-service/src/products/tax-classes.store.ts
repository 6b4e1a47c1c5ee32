import { statement } from '@prognetwork/shared-infrastructure'

/** From an index of these alone. */
export const listTaxClasses = statement<{ taxClass: string; products: number }>(
  'product.list_tax_classes',
  `select tax_class as "taxClass", count(*)::integer as products from product
   where tax_class <> 'standard' and status <> 'archived' group by tax_class order by tax_class`,
)
