import { productContract } from '@prognetwork/contracts/product'
import { AreaField, FormProblem, SelectField, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt, problemOf } from '@prognetwork/ui/problem'
import { data, Form, Link, redirectDocument, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { readerOf, readShop, speak } from '../shop.server.ts'

const { readProduct, writeReview } = productContract.operations

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return redirectDocument(`/sign-in?${new URLSearchParams({ to: url.pathname })}`)
  const [shop, { slug, title }] = await Promise.all([
    readShop(page),
    page.call(readProduct, {
      params: { product: params.product ?? '' },
      query: readerOf(request),
    }),
  ])
  const { reviews } = speak(request).messages
  return {
    ...{ slug, title, isSent: url.searchParams.has('sent') },
    ...describe({ title: `${reviews.writeTitle.replace('{product}', title)} – ${shop.name}` }),
  }
}

export async function action({ request, params, context }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const text = String(form.get('text') ?? '')
  const author = String(form.get('author') ?? '')
  const stars = Number(form.get('stars'))
  try {
    const product = await page.call(readProduct, {
      params: { product: params.product ?? '' },
      query: {},
    })
    const body = { stars, text, author }
    await page.call(writeReview, { params: { productId: product.id }, body })
    return redirectDocument(`/products/${product.slug}/review?sent`)
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem, shown: { stars, text, author } }, { status: problem.status })
  }
}

export const meta = metaOf

export default function Review() {
  const { slug, title, isSent } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('reviews')
  const { problem, shown } = answer ?? {}
  return (
    <main className="sheet stack">
      <h1>{t('writeTitle', { product: title })}</h1>
      {isSent ? (
        <p className="notice" role="status">
          {t('sent')}
        </p>
      ) : (
        <Form method="post" className="stack" noValidate>
          <FormProblem problem={problem} />
          <SelectField
            label={t('howMany')}
            name="stars"
            defaultValue={shown?.stars || 5}
            wrong={expectedAt(problem, '/stars')}
          >
            {[5, 4, 3, 2, 1].map((stars) => (
              <option key={stars} value={stars}>
                {t('stars', { stars })}
              </option>
            ))}
          </SelectField>
          <AreaField
            label={t('text')}
            name="text"
            rows={6}
            maxLength={5_000}
            defaultValue={shown?.text}
            wrong={expectedAt(problem, '/text')}
          />
          <TextField
            label={t('author')}
            hint={t('authorHint')}
            name="author"
            autoComplete="nickname"
            maxLength={100}
            defaultValue={shown?.author}
            wrong={expectedAt(problem, '/author')}
          />
          <Submit>{t('send')}</Submit>
        </Form>
      )}
      <Link to={`/products/${slug}`}>{t('back', { product: title })}</Link>
    </main>
  )
}
