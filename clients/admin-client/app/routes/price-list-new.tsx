import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { PriceListFields } from '../parts/price-list-fields.tsx'
import { priceListIn } from '../parts/price-list-input.server.ts'
import { refused, typedIn } from '../parts/refused.server.ts'

const { createPriceList, listCustomerGroups } = productContract.operations

export async function loader({ context }: PageArgs) {
  const groups = await ifAllowed(context.get(pageRequest).call(listCustomerGroups, {}))
  return { groups: groups?.items ?? [] }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  try {
    const { id } = await page.call(createPriceList, { body: priceListIn(typed) })
    return redirect(`/t/${params.tenant}/price-lists/${id}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export default function PriceListNew() {
  const { groups } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const t = useTranslations('priceList')
  return (
    <Drawer title={t('new')} back={`/t/${tenant}/price-lists`}>
      <FormProblem problem={problem} />
      <Form method="post" className="stack">
        <PriceListFields {...{ groups, typed, problem }} />
        <Submit>{t('create')}</Submit>
      </Form>
    </Drawer>
  )
}
