import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, redirect, useActionData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  try {
    const { id } = await page.call(productContract.operations.createCustomerGroup, {
      body: { key: typed.key?.trim() ?? '', name: typed.name?.trim() ?? '' },
    })
    return redirect(`/t/${params.tenant}/customer-groups/${id}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export default function CustomerGroupNew() {
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const t = useTranslations('customerGroup')
  const problems = useTranslations('problems')
  const taken =
    problem?.code === 'product.customer_group_key_taken' ? problems(problem.code) : undefined
  return (
    <Drawer title={t('new')} back={`/t/${tenant}/customer-groups`}>
      <FormProblem problem={problem} />
      <Form method="post" className="stack">
        <TextField
          label={t('name')}
          name="name"
          required
          maxLength={100}
          defaultValue={typed.name}
          wrong={expectedAt(problem, '/name') && t('nameWrong')}
        />
        <TextField
          label={t('key')}
          hint={t('keyHint')}
          name="key"
          required
          maxLength={40}
          defaultValue={typed.key}
          wrong={taken ?? (expectedAt(problem, '/key') && t('keyWrong'))}
        />
        <Submit>{t('create')}</Submit>
      </Form>
    </Drawer>
  )
}
