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
import {
  type Category,
  countCategories,
  deleteCategory,
  findAncestors,
  findCategories,
  findHeight,
  insertCategory,
  listEvery,
  lockTree,
  maxCategories,
  updateCategory,
} from './categories.store.ts'

type CategoryHandlers = Handlers<typeof productContract>

const maxDepth = 20

/** The tree of a tenant's categories. */
export function createCategories({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const list: CategoryHandlers['listCategories'] = async (ctx) => ({
    items: await db.read(ctx, listEvery()),
  })

  const create: CategoryHandlers['createCategory'] = (ctx, { body }) => {
    const slug = body.slug ?? slugOf(body.name)
    if (slug === '') throw unfit('/body/slug', 'a slug', 'The name has nothing to make one of')
    const category: Category = {
      id: newId(),
      parentId: body.parentId,
      slug,
      name: body.name,
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
          insertCategory(category.id, category.parentId, slug, category.name, ctx.now),
          audit(ctx, {
            action: 'category.created',
            outcome: 'success',
            resource: `category/${category.id}`,
          }),
          ctx.answer(category),
        ])
        return category
      }),
    )
  }

  const change: CategoryHandlers['changeCategory'] = (ctx, { params, body }) =>
    onConstraint(slugProblem(body.slug ?? ''), () =>
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

  return { list, create, change, remove }
}

function slugProblem(slug: string) {
  return {
    category_slug: () => new Problem(categorySlugTaken, `Choose another slug than ${slug}`),
  }
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
