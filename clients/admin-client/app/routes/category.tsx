import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  data,
  Form,
  Link,
  redirect,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { CategoryFields } from '../parts/category-fields.tsx'
import { Drawer } from '../parts/drawer.tsx'
import { useMay } from '../parts/may.ts'
import { refused, typedIn } from '../parts/refused.server.ts'

const { changeCategory, listCategories, removeCategory } = productContract.operations

export async function loader({ context, params }: PageArgs) {
  const { items } = await context.get(pageRequest).call(listCategories, { query: {} })
  const category = items.find(({ id }) => id === params.categoryId)
  if (!category) throw data(null, { status: 404 })
  return { items, category, isLeaf: items.every(({ parentId }) => parentId !== category.id) }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const byId = { params: { categoryId: params.categoryId ?? '' } }
  try {
    if (typed.do === 'remove') {
      await page.call(removeCategory, byId)
      return redirect(`/t/${params.tenant}/categories`)
    }
    await page.call(changeCategory, {
      ...byId,
      body: {
        version: Number(typed.version),
        ...{ name: typed.name?.trim(), slug: typed.slug?.trim() },
        parentId: typed.parentId || null,
      },
    })
    return redirect(url.pathname)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function CategoryPage() {
  const { items, category, isLeaf } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const may = useMay()
  const t = useTranslations('category')
  const home = `/t/${tenant}/categories`
  const mayChange = may('product:category:update')
  return (
    <Drawer title={category.name} back={home}>
      <FormProblem problem={problem} />
      <p className="filters">
        <Link to={`/t/${tenant}/products?${new URLSearchParams({ category: category.slug })}`}>
          {t('products')}
        </Link>
        {may('product:category:create') && (
          <Link to={`${home}/new?${new URLSearchParams({ under: category.id })}`}>
            {t('below')}
          </Link>
        )}
      </p>
      <Form method="post" className="stack" key={`${category.id} ${category.version}`}>
        <fieldset className="plain stack" disabled={!mayChange}>
          <CategoryFields categories={items} {...{ category, typed, problem }} />
          <input type="hidden" name="version" value={category.version} />
          {mayChange && <Submit>{t('save')}</Submit>}
        </fieldset>
      </Form>
      {may('product:category:delete') &&
        (isLeaf ? (
          <details>
            <summary>{t('remove')}</summary>
            <Form method="post" className="stack">
              <p className="quiet">{t('removeHint')}</p>
              <input type="hidden" name="do" value="remove" />
              <Submit className="button second">{t('removeNow')}</Submit>
            </Form>
          </details>
        ) : (
          <p className="quiet">{t('notRemovable')}</p>
        ))}
    </Drawer>
  )
}
