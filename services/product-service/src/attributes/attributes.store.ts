import { command, statement } from '@prognetwork/shared-infrastructure'
import type { attributes } from '../tables.ts'

export type Attribute = Omit<typeof attributes.$inferSelect, 'tenantId' | 'createdAt' | 'updatedAt'>

/** A list of them is read whole. */
export const maxAttributes = 200
/** Each is counted in every search. */
export const maxFilterable = 50

const columns = `id, key, label, type, choices, unit, is_filterable as "isFilterable",
  translations, version`

export const listEveryAttribute = statement<Attribute>(
  'attribute.list',
  `select ${columns} from attribute order by label, key limit ${maxAttributes}`,
)

/** The same by their keys; none of them changes before the transaction ends. */
export const holdAttributes = statement<Attribute, [keys: readonly string[]]>(
  'attribute.hold',
  `select ${columns} from attribute where key = any ($1) order by key for share`,
)

export const countAttributes = statement<{ count: number; filterable: number }>(
  'attribute.count',
  `select count(*)::integer as count,
     count(*) filter (where is_filterable)::integer as filterable from attribute`,
)

export const lockAttribute = statement<Attribute, [id: string]>(
  'attribute.lock',
  `select ${columns} from attribute where id = $1 for update`,
)

const insertOne = command<[record: string, now: string]>(
  'attribute.insert',
  `insert into attribute (id, key, label, type, choices, unit, is_filterable, translations,
     created_at, updated_at)
   select r.id, r.key, r.label, r.type, r.choices, r.unit, r."isFilterable", r.translations, $2, $2
   from jsonb_to_record($1::jsonb) as r (id uuid, key text, label text, type text,
     choices text[], unit text, "isFilterable" boolean, translations jsonb)`,
)

export function insertAttribute(attribute: Attribute, now: string) {
  return insertOne(JSON.stringify(attribute), now)
}

const updateOne = command<[record: string, now: string]>(
  'attribute.update',
  `update attribute a set label = r.label, choices = r.choices, unit = r.unit,
     is_filterable = r."isFilterable", translations = r.translations,
     version = a.version + 1, updated_at = $2
   from jsonb_to_record($1::jsonb) as r (id uuid, label text, choices text[], unit text,
     "isFilterable" boolean, translations jsonb)
   where a.id = r.id`,
)

export function updateAttribute(attribute: Omit<Attribute, 'version'>, now: string) {
  return updateOne(JSON.stringify(attribute), now)
}

/** A value that products have and these are not; any at all when none are given. */
export const findValueBeside = statement<
  { value: string; products: number },
  [id: string, values: readonly string[]]
>(
  'attribute.find_value',
  `select value, count(*)::integer as products from product_attribute
   where attribute_id = $1 and value <> all ($2) group by value order by value limit 1`,
)

export const dropValues = command<[id: string]>(
  'attribute.drop_values',
  'delete from product_attribute where attribute_id = $1',
)

export const deleteAttribute = command<[id: string]>(
  'attribute.delete',
  'delete from attribute where id = $1',
)

/** Of the product `p`, as people read them; `more` is what else is said of each. */
export const attributesOf = (more = '') => `(select coalesce(json_agg(json_build_object(
    'key', a.key, 'label', a.label, 'type', a.type, 'unit', a.unit, 'value', w.value${more})
    order by a.label, a.key), '[]')
  from product_attribute w join attribute a on a.id = w.attribute_id where w.product_id = p.id)`

export const attributesOfProduct = attributesOf()

/** The same by their keys alone. */
export const valuesOfProduct = `(select coalesce(jsonb_object_agg(a.key, w.value), '{}')
  from product_attribute w join attribute a on a.id = w.attribute_id
  where w.product_id = product.id)`

const clear = command<[productIds: readonly string[]]>(
  'product_attribute.clear',
  'delete from product_attribute where product_id = any ($1)',
)

const fill = command<[records: string]>(
  'product_attribute.fill',
  `insert into product_attribute (product_id, attribute_id, value, number)
   select r."productId", a.id, r.value, case a.type when 'number' then r.value::numeric end
   from jsonb_to_recordset($1::jsonb) as r ("productId" uuid, key text, value text)
     join attribute a on a.key = r.key`,
)

/** The products have these values from now on and no others. */
export function putValues(
  products: readonly {
    readonly id: string
    readonly attributes: Readonly<Record<string, string>>
  }[],
) {
  const values = products.flatMap(({ id, attributes }) =>
    Object.entries(attributes).map(([key, value]) => ({ productId: id, key, value })),
  )
  return [clear(products.map((one) => one.id)), fill(JSON.stringify(values))]
}
