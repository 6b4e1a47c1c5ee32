import { TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, redirect, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { readShop, speak } from '../shop.server.ts'

const longestKey = 120

export async function loader({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const key = url.searchParams.get('key')?.trim().slice(0, longestKey)
  // Out of the address that others may see: the page of the order names itself by the path.
  if (key) return redirect(`/orders/${encodeURIComponent(key)}`)
  const shop = await readShop(page)
  return describe({ title: `${speak(request).messages.lookUp.title} – ${shop.name}` })
}

export const meta = metaOf

export default function LookUp() {
  useLoaderData<typeof loader>()
  const t = useTranslations('lookUp')
  return (
    <main className="narrow stack">
      <h1>{t('title')}</h1>
      <Form className="stack">
        <TextField
          label={t('key')}
          hint={t('hint')}
          name="key"
          required
          maxLength={longestKey}
          autoComplete="off"
        />
        <button type="submit" className="button">
          {t('show')}
        </button>
      </Form>
    </main>
  )
}
