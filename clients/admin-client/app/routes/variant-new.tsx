import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { currenciesOf } from '../parts/currencies.server.ts'
import { Drawer } from '../parts/drawer.tsx'
import { typedIn } from '../parts/refused.server.ts'
import { refusedVariant } from '../parts/refused-variant.server.ts'
import { VariantFields } from '../parts/variant-fields.tsx'
import { variantIn } from '../parts/variant-input.server.ts'

const { addVariant, readCatalogueProduct } = productContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const byId = { params: { productId: params.productId ?? '' } }
  const [{ options }, currencies] = await Promise.all([
    page.call(readCatalogueProduct, byId),
    currenciesOf(page),
  ])
  return { options, currencies }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const productId = params.productId ?? ''
  try {
    const body = variantIn(typed)
    const { id } = await page.call(addVariant, { params: { productId }, body })
    return redirect(`/t/${params.tenant}/products/${productId}/variants/${id}`)
  } catch (thrown) {
    return refusedVariant(thrown, typed)
  }
}

export default function VariantNew() {
  const shown = useLoaderData<typeof loader>()
  const { problem, typed = {}, unread = [] } = useActionData<typeof action>() ?? {}
  const { tenant = '', productId = '' } = useParams()
  const t = useTranslations('variant')
  return (
    <Drawer title={t('new')} back={`/t/${tenant}/products/${productId}`}>
      <FormProblem problem={problem} />
      <Form method="post" className="stack">
        <VariantFields {...{ ...shown, problem, typed, unread }} />
        <Submit>{t('add')}</Submit>
      </Form>
    </Drawer>
  )
}
