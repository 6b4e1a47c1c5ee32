import { command, statement } from '@prognetwork/shared-infrastructure'
import type { categories } from '../tables.ts'

export type Category = Pick<
  typeof categories.$inferSelect,
  'id' | 'parentId' | 'slug' | 'name' | 'translations' | 'version'
>

/** A list of them is read whole. */
export const maxCategories = 5_000

const columns = 'id, parent_id as "parentId", slug, name, translations, version'

export const listEvery = statement<Category>(
  'category.list',
  `select ${columns} from category order by slug limit ${maxCategories}`,
)

/** With those of their names that are in one of the languages. */
export const listShown = statement<Category, [locales: readonly string[]]>(
  'category.list_shown',
  `select id, parent_id as "parentId", slug, name, version,
     translations_in(translations, $1) as translations
   from category order by slug limit ${maxCategories}`,
)

export const countCategories = statement<{ count: number }>(
  'category.count',
  'select count(*)::integer as count from category',
)

/** A category by its slug, and all that stand under it. */
export const findBranch = statement<{ id: string }, [slug: string]>(
  'category.find_branch',
  `with recursive branch as (
     select id from category where slug = $1
     union select c.id from category c join branch b on c.parent_id = b.id
   ) select id from branch`,
)

export const findCategories = statement<Category, [ids: readonly string[]]>(
  'category.find',
  `select ${columns} from category where id = any ($1)`,
)

export const findCategoriesBySlug = statement<Category, [slugs: readonly string[]]>(
  'category.find_by_slug',
  `select ${columns} from category where slug = any ($1)`,
)

/** Those of the ids, and none of them can be removed before the transaction ends. */
export const holdCategories = statement<{ id: string }, [ids: readonly string[]]>(
  'category.hold',
  'select id from category where id = any ($1) order by id for key share',
)

export const insertCategory = command<
  [
    id: string,
    parentId: string | null,
    slug: string,
    name: string,
    translations: string,
    now: string,
  ]
>(
  'category.insert',
  `insert into category (id, parent_id, slug, name, translations, created_at, updated_at)
   values ($1, $2, $3, $4, $5::jsonb, $6, $6)`,
)

/** One change of the tree at a time in a tenant, so that two moves cannot make a circle. */
export const lockTree = command(
  'category.lock_tree',
  `select pg_advisory_xact_lock(hashtextextended('category ' || current_tenant()::text, 0))`,
)

/** A category and those it stands under, up to the top. */
export const findAncestors = statement<{ id: string }, [id: string]>(
  'category.find_ancestors',
  `with recursive above as (
     select id, parent_id from category where id = $1
     union select c.id, c.parent_id from category c join above a on c.id = a.parent_id
   ) select id from above`,
)

/** How many levels a category and those under it have. */
export const findHeight = statement<{ height: number }, [id: string]>(
  'category.find_height',
  `with recursive branch as (
     select id, 1 as level from category where id = $1
     union all select c.id, b.level + 1 from category c join branch b on c.parent_id = b.id
   ) select max(level) as height from branch`,
)

export const updateCategory = statement<
  Category,
  [
    id: string,
    version: number,
    name: string,
    slug: string,
    parentId: string | null,
    translations: string,
    now: string,
  ]
>(
  'category.update',
  `update category set name = $3, slug = $4, parent_id = $5, translations = $6::jsonb,
     version = version + 1, updated_at = $7
   where id = $1 and version = $2 returning ${columns}`,
)

export const deleteCategory = statement<{ id: string }, [id: string]>(
  'category.delete',
  'delete from category where id = $1 returning id',
)
