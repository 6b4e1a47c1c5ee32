import { productContract } from '@prognetwork/contracts/product'
import { AreaField, FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import {
  data,
  Form,
  redirect,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
  useParams,
} from 'react-router'
import { useLocale, useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused, typedIn } from '../parts/refused.server.ts'
import { termsOf, termsTyped, translationsWith } from '../parts/translation-input.ts'
import { languageName } from '../parts/translations.tsx'

const { changeProduct, readCatalogueProduct } = productContract.operations

/** One language of a product; without one in the address it is to be added. */
export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const [may, product] = await Promise.all([
    permissionsOf(page),
    page.call(readCatalogueProduct, { params: { productId: params.productId ?? '' } }),
  ])
  const { locale } = params
  const others = product.translations.filter((one) => one.locale !== locale)
  const translation = product.translations.find((one) => one.locale === locale)
  if (locale !== undefined && !translation) throw data(null, { status: 404 })
  return {
    ...{ translation, own: product.title, version: product.version, terms: termsOf(product) },
    place: `/changes/translations/${others.length}`,
    mayChange: may.has('product:product:update'),
  }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const byId = { params: { productId: params.productId ?? '' } }
  try {
    const product = await page.call(readCatalogueProduct, byId)
    const translations = translationsWith(product, params.locale, typed)
    await page.call(changeProduct, {
      ...byId,
      body: { version: Number(typed.version), changes: { translations } },
    })
    return redirect(`/t/${params.tenant}/products/${params.productId}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function Translation() {
  const { translation, own, version, mayChange } = useLoaderData<typeof loader>()
  const { problem } = useActionData<typeof action>() ?? {}
  const { tenant = '', productId = '' } = useParams()
  const t = useTranslations('translations')
  const reader = useLocale()
  const title = translation ? languageName(translation.locale, reader) : t('new')
  return (
    <Drawer title={title} back={`/t/${tenant}/products/${productId}`}>
      <p className="quiet">{own}</p>
      <FormProblem problem={problem} />
      <Form method="post" className="stack">
        <fieldset className="plain stack" disabled={!mayChange}>
          <TextFields />
          <input type="hidden" name="version" value={version} />
          {mayChange && <Submit>{t('save')}</Submit>}
        </fieldset>
      </Form>
      {mayChange && translation && (
        <details>
          <summary>{t('remove')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('removeHint')}</p>
            <input type="hidden" name="do" value="remove" />
            <input type="hidden" name="version" value={version} />
            <Submit className="button second">{t('removeNow')}</Submit>
          </Form>
        </details>
      )}
    </Drawer>
  )
}

function TextFields() {
  const { translation, terms, place } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const t = useTranslations('translations')
  const wrong = (field: string) => expectedAt(problem, `${place}/${field}`)
  const sent = termsTyped(terms, typed)
  return (
    <>
      {!translation && (
        <TextField
          label={t('locale')}
          hint={t('localeHint')}
          name="locale"
          required
          maxLength={35}
          defaultValue={typed.locale}
          wrong={wrong('locale') && t('localeWrong')}
        />
      )}
      <TextField
        label={t('name')}
        name="title"
        required
        maxLength={255}
        lang={translation?.locale}
        defaultValue={typed.title ?? translation?.title}
        wrong={wrong('title')}
      />
      <AreaField
        label={t('text')}
        hint={t('textHint')}
        name="description"
        rows={7}
        maxLength={100_000}
        lang={translation?.locale}
        defaultValue={typed.description ?? translation?.description ?? undefined}
        wrong={wrong('description')}
      />
      {terms.map((term, at) => (
        <TextField
          key={term}
          label={t('term', { term })}
          name={`term-${at}`}
          maxLength={200}
          lang={translation?.locale}
          defaultValue={
            typed[`term-${at}`] ?? translation?.terms.find((one) => one.term === term)?.text
          }
          wrong={wrong(`terms/${sent.findIndex((one) => one.at === at)}/text`)}
        />
      ))}
    </>
  )
}
