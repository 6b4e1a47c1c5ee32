import { tenantContract } from '@prognetwork/contracts/tenant'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, redirect, useActionData, useLocation } from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'

export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const { name = '', slug = '', ownerEmail = '', currency = '', locale = '', timezone = '' } = typed
  try {
    const { id } = await page.call(tenantContract.operations.createTenantFor, {
      body: { name, slug, ownerEmail, currency: currency.toUpperCase(), locale, timezone },
    })
    return redirect(`/tenants/${id}${url.search}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

const first = { currency: 'EUR', locale: 'en', timezone: 'UTC' } as const

export default function TenantNew() {
  const answer = useActionData<typeof action>()
  const { search } = useLocation()
  const t = useTranslations('tenantNew')
  const problems = useTranslations('problems')
  const { problem, typed = {} } = answer ?? {}
  /** Said where it is to be mended. */
  const wrong = (field: string, codes: readonly string[] = []) => {
    if (problem && codes.includes(problem.code)) return problems(problem.code)
    return expectedAt(problem, `/${field}`) && t(`wrong.${field}`)
  }
  return (
    <Drawer title={t('title')} back={`/tenants${search}`}>
      <Form method="post" className="stack">
        <FormProblem problem={problem} />
        <TextField
          label={t('name')}
          name="name"
          required
          maxLength={100}
          defaultValue={typed.name}
          wrong={wrong('name')}
        />
        <TextField
          label={t('slug')}
          hint={t('slugHint')}
          name="slug"
          required
          minLength={3}
          maxLength={40}
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={typed.slug}
          wrong={wrong('slug', ['tenant.slug_taken', 'tenant.slug_reserved'])}
        />
        <TextField
          label={t('owner')}
          hint={t('ownerHint')}
          name="ownerEmail"
          type="email"
          required
          maxLength={254}
          defaultValue={typed.ownerEmail}
          wrong={wrong('ownerEmail', ['tenant.owner_missing'])}
        />
        <div className="beside">
          {(['currency', 'locale', 'timezone'] as const).map((field) => (
            <TextField
              key={field}
              label={t(field)}
              name={field}
              required
              maxLength={60}
              defaultValue={typed[field] ?? first[field]}
              wrong={wrong(field)}
            />
          ))}
        </div>
        <Submit>{t('create')}</Submit>
      </Form>
    </Drawer>
  )
}
