import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { currenciesOf } from '../parts/currencies.server.ts'
import { typedIn } from '../parts/refused.server.ts'
import { refusedVariant } from '../parts/refused-variant.server.ts'
import { VariantFields } from '../parts/variant-fields.tsx'
import { variantIn } from '../parts/variant-input.server.ts'

const { createProduct } = productContract.operations
const optionFields = [0, 1, 2] as const

export async function loader({ context }: PageArgs) {
  return { currencies: await currenciesOf(context.get(pageRequest)) }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  try {
    const named = optionFields.flatMap((index) => {
      const name = typed[`name-${index}`]?.trim()
      return name ? [{ name, value: typed[`value-${index}`]?.trim() ?? '' }] : []
    })
    const { id } = await page.call(createProduct, {
      body: {
        title: typed.title ?? '',
        options: named.map(({ name }) => name),
        variants: [
          {
            ...variantIn(typed),
            optionValues: named.map(({ value }) => value),
            onHand: Number(typed.onHand ?? 0),
          },
        ],
      },
    })
    return redirect(`/t/${params.tenant}/products/${id}`)
  } catch (thrown) {
    return refusedVariant(thrown, typed)
  }
}

export default function ProductNew() {
  const { currencies } = useLoaderData<typeof loader>()
  const { problem, typed = {}, unread = [] } = useActionData<typeof action>() ?? {}
  const t = useTranslations('productNew')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <p className="quiet">{t('intro')}</p>
      <Form method="post" className="stack sheet">
        <FormProblem problem={problem} />
        <TextField
          label={t('name')}
          name="title"
          required
          maxLength={255}
          defaultValue={typed.title}
          wrong={expectedAt(problem, '/title') && t('nameWrong')}
        />
        <VariantFields
          options={[]}
          {...{ currencies, typed, unread }}
          // The form speaks of the first variant, the answer of all.
          problem={problem && { ...problem, errors: ofFirst(problem.errors) }}
        />
        <TextField
          label={t('onHand')}
          name="onHand"
          type="number"
          required
          defaultValue={typed.onHand ?? 0}
          wrong={expectedAt(problem, '/variants/0/onHand') && t('onHandWrong')}
        />
        <details open={optionFields.some((index) => typed[`name-${index}`]) || undefined}>
          <summary>{t('options')}</summary>
          <p className="quiet">{t('optionsHint')}</p>
          {optionFields.map((index) => (
            <div className="beside" key={index}>
              <TextField
                label={t('optionName', { number: index + 1 })}
                name={`name-${index}`}
                maxLength={60}
                defaultValue={typed[`name-${index}`]}
                wrong={expectedAt(problem, `/options/${index}`) && t('optionWrong')}
              />
              <TextField
                label={t('optionValue', { number: index + 1 })}
                name={`value-${index}`}
                maxLength={200}
                defaultValue={typed[`value-${index}`]}
                wrong={expectedAt(problem, `/variants/0/optionValues/${index}`) && t('optionWrong')}
              />
            </div>
          ))}
        </details>
        <div>
          <Submit>{t('create')}</Submit>
        </div>
      </Form>
    </>
  )
}

function ofFirst(
  errors: readonly { pointer: string; expected: string; detail: string }[] | undefined,
) {
  return errors?.map((one) => ({ ...one, pointer: one.pointer.replace('/variants/0', '') }))
}
