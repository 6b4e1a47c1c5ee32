import { command, statement } from '@prognetwork/shared-infrastructure'
import type { collections } from '../tables.ts'

export type Collection = Pick<
  typeof collections.$inferSelect,
  'id' | 'slug' | 'name' | 'translations' | 'isPublished' | 'version'
>
export interface WholeCollection extends Collection {
  readonly productIds: string[]
}

/** A list of them is read whole. */
export const maxCollections = 1_000

const columns = 'k.id, k.slug, k.name, k.translations, k.is_published as "isPublished", k.version'

export const listEveryCollection = statement<Collection>(
  'collection.list',
  `select ${columns} from collection k order by k.name, k.id limit ${maxCollections}`,
)

/** With those of their names that are in one of the languages. */
export const listPublished = statement<
  Pick<Collection, 'id' | 'slug' | 'name' | 'translations'>,
  [locales: readonly string[]]
>(
  'collection.list_published',
  `select k.id, k.slug, k.name, translations_in(k.translations, $1) as translations
   from collection k where k.is_published
   order by k.name, k.id limit ${maxCollections}`,
)

export const findWhole = statement<WholeCollection, [id: string]>(
  'collection.find_whole',
  `select ${columns}, array(select m.product_id from collection_product m
     where m.collection_id = k.id order by m.position) as "productIds"
   from collection k where k.id = $1`,
)

/** One that shoppers may see, by its slug. */
export const findPublished = statement<{ id: string }, [slug: string]>(
  'collection.find_published',
  'select id from collection where slug = $1 and is_published',
)

export const countCollections = statement<{ count: number }>(
  'collection.count',
  'select count(*)::integer as count from collection',
)

export const lockCollection = statement<Collection, [id: string]>(
  'collection.lock',
  `select ${columns} from collection k where k.id = $1 for update`,
)

/** Products that are there, and cannot go before the transaction ends. */
export const holdProducts = statement<{ id: string }, [ids: readonly string[]]>(
  'collection.hold_products',
  'select id from product where id = any ($1) order by id for key share',
)

export const insertCollection = command<
  [id: string, slug: string, name: string, isPublished: boolean, translations: string, now: string]
>(
  'collection.insert',
  `insert into collection (id, slug, name, is_published, translations, created_at, updated_at)
   values ($1, $2, $3, $4, $5::jsonb, $6, $6)`,
)

export const updateCollection = command<
  [id: string, slug: string, name: string, isPublished: boolean, translations: string, now: string]
>(
  'collection.update',
  `update collection set slug = $2, name = $3, is_published = $4, translations = $5::jsonb,
     version = version + 1, updated_at = $6 where id = $1`,
)

export const emptyCollection = command<[id: string]>(
  'collection.empty',
  'delete from collection_product where collection_id = $1',
)

export const fillCollection = command<[id: string, productIds: readonly string[]]>(
  'collection.fill',
  `insert into collection_product (collection_id, product_id, position)
   select $1, l.product_id, l.position
   from unnest($2::uuid[]) with ordinality as l (product_id, position)`,
)

export const deleteCollection = statement<{ id: string }, [id: string]>(
  'collection.delete',
  'delete from collection where id = $1 returning id',
)
