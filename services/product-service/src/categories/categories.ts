import type { Context, Input, Statement } from '@prognetwork/contracts'
import {
  categoryInUse,
  categoryMissing,
  categoryOutdated,
  categorySlugTaken,
  categoryUnfit,
  type productContract,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  onConstraint,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { slugOf } from '../text/folding.ts'
import { localesFor, nameIn } from '../translations/best-fit.ts'
import { inOrder, repeatedLanguages } from '../translations/given.ts'
import {
  type Category,
  countCategories,
  deleteCategory,
  findAncestors,
  findCategories,
  findHeight,
  insertCategory,
  listShown,
  lockTree,
  maxCategories,
  updateCategory,
} from './categories.store.ts'

type CategoryHandlers = Handlers<typeof productContract>
type NewCategory = Input<typeof productContract.operations.createCategory>['body']

const maxDepth = 20

/** The tree of a tenant's categories. */
export function createCategories({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const list: CategoryHandlers['listCategories'] = async (ctx, { query }) => {
    const locales = localesFor(query.locale)
    const items = await db.read(ctx, listShown(locales))
    return {
      items: items.map(({ translations, ...one }) => ({
        ...one,
        ...nameIn({ name: one.name, translations }, locales),
      })),
    }
  }

  const make = (
    ctx: Context,
    body: NewCategory,
    also: (made: Category) => Statement[] = () => [],
  ) => {
    const slug = body.slug ?? slugOf(body.name)
    if (slug === '') throw unfit('/body/slug', 'a slug', 'The name has nothing to make one of')
    refuseRepeated(body.translations)
    const category: Category = {
      id: newId(),
      parentId: body.parentId,
      slug,
      name: body.name,
      translations: inOrder(body.translations),
      version: 1,
    }
    return onConstraint(slugProblem(slug), () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockTree())
        if (body.parentId !== null) refuseDepth(await tx.run(findAncestors(body.parentId)))
        const [counted] = await tx.run(countCategories())
        if ((counted?.count ?? 0) >= maxCategories)
          throw unfit('/body', `at most ${maxCategories} categories`, 'There are that many')
        await tx.batch([
          insertCategory(
            ...([category.id, category.parentId, slug, category.name] as const),
            ...([JSON.stringify(category.translations), ctx.now] as const),
          ),
          audit(ctx, {
            action: 'category.created',
            outcome: 'success',
            resource: `category/${category.id}`,
          }),
          ...also(category),
        ])
        return category
      }),
    )
  }

  const create: CategoryHandlers['createCategory'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: CategoryHandlers['changeCategory'] = (ctx, { params, body }) => {
    refuseRepeated(body.translations)
    return onConstraint(slugProblem(body.slug ?? ''), () =>
      db.transaction(ctx, async (tx) => {
        await tx.run(lockTree())
        const [before] = await tx.run(findCategories([params.categoryId]))
        if (!before) throw missing()
        const parentId = body.parentId === undefined ? before.parentId : body.parentId
        if (parentId !== null && parentId !== before.parentId) {
          const above = await tx.run(findAncestors(parentId))
          const [below] = await tx.run(findHeight(before.id))
          refuseDepth(above, below?.height)
          if (above.some((one) => one.id === before.id))
            throw unfit('/body/parentId', 'a category outside this one', 'It stands under this one')
        }
        const [after] = await tx.run(
          updateCategory(
            before.id,
            body.version,
            body.name ?? before.name,
            body.slug ?? before.slug,
            parentId,
            JSON.stringify(inOrder(body.translations ?? before.translations)),
            ctx.now,
          ),
        )
        if (!after)
          throw new Problem(categoryOutdated, `It is at version ${before.version}; read it again`)
        await tx.run(
          audit(ctx, {
            action: 'category.changed',
            outcome: 'success',
            resource: `category/${after.id}`,
          }),
        )
        return after
      }),
    )
  }

  const remove: CategoryHandlers['removeCategory'] = (ctx, { params }) =>
    onConstraint(
      {
        category_tenant_id_parent_id_fkey: () =>
          new Problem(categoryInUse, 'Move or remove the categories under it first'),
      },
      () =>
        db.transaction(ctx, async (tx) => {
          // Nobody puts another under it meanwhile.
          await tx.run(lockTree())
          const [gone] = await tx.run(deleteCategory(params.categoryId))
          if (!gone) throw missing()
          await tx.run(
            audit(ctx, {
              action: 'category.removed',
              outcome: 'success',
              resource: `category/${gone.id}`,
            }),
          )
        }),
    )

  return { list, make, create, change, remove }
}

function slugProblem(slug: string) {
  return {
    category_slug: () => new Problem(categorySlugTaken, `Choose another slug than ${slug}`),
  }
}

function refuseRepeated(translations: Category['translations'] | undefined): void {
  const [error] = repeatedLanguages('/body/translations', translations)
  if (error) throw unfit(error.pointer, error.expected, error.detail)
}

function missing(): Problem {
  return new Problem(categoryMissing, 'No category has this id')
}

/** `above` is the way from the parent to the top, `height` the levels of what comes under it. */
function refuseDepth(above: readonly unknown[], height = 1): void {
  if (above.length === 0) throw new Problem(categoryMissing, 'No category has the id of the parent')
  if (above.length + height > maxDepth)
    throw unfit('/body/parentId', `at most ${maxDepth} levels`, 'It stands too deep')
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(categoryUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
