import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { CategoryFields } from '../parts/category-fields.tsx'
import { Drawer } from '../parts/drawer.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'

const { createCategory, listCategories } = productContract.operations

export async function loader({ context, url }: PageArgs) {
  const { items } = await context.get(pageRequest).call(listCategories, { query: {} })
  return { items, under: url.searchParams.get('under') }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const slug = typed.slug?.trim()
  try {
    const { id } = await page.call(createCategory, {
      body: {
        ...{ name: typed.name?.trim() ?? '', parentId: typed.parentId || null },
        ...(slug && { slug }),
      },
    })
    return redirect(`/t/${params.tenant}/categories/${id}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export default function CategoryNew() {
  const { items, under } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const t = useTranslations('category')
  return (
    <Drawer title={t('new')} back={`/t/${tenant}/categories`}>
      <FormProblem problem={problem} />
      <Form method="post" className="stack">
        <CategoryFields categories={items} {...{ under, typed, problem }} />
        <Submit>{t('create')}</Submit>
      </Form>
    </Drawer>
  )
}
