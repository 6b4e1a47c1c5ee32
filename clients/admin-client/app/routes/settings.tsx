import { type TenantSettings, tenantContract } from '@prognetwork/contracts/tenant'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  redirect,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
  useSearchParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { Domains } from '../parts/domains.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused, type Typed, typedIn } from '../parts/refused.server.ts'
import { SettingsForm } from '../parts/settings-form.tsx'
import { TenantNameForm } from '../parts/tenant-name-form.tsx'

const operations = tenantContract.operations

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  const may = await permissionsOf(page)
  const [tenant, settings, domains] = await Promise.all([
    page.call(operations.readTenant, {}),
    page.call(operations.readSettings, { query: {} }),
    may.has('tenant:domain:read') ? page.call(operations.listDomains, {}) : null,
  ])
  return {
    ...{ tenant, settings, domains: domains?.items ?? null },
    may: {
      rename: may.has('tenant:tenant:update'),
      change: may.has('tenant:settings:update'),
      addDomain: may.has('tenant:domain:create'),
      verifyDomain: may.has('tenant:domain:update'),
      removeDomain: may.has('tenant:domain:delete'),
    },
  }
}

export async function action({ request, context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const { id: domainId = '', name = '', slug = '' } = typed
  let home = params.tenant
  try {
    switch (typed.do) {
      case 'rename':
        await page.call(operations.renameTenant, { body: { name, slug } })
        // From now on the tenant has another address.
        home = slug
        break
      case 'settings':
        await changeSettings()
        break
      case 'add-domain':
        await page.call(operations.addDomain, { body: { name } })
        break
      case 'verify-domain':
        await page.call(operations.verifyDomain, { params: { domainId } })
        break
      case 'remove-domain':
        await page.call(operations.removeDomain, { params: { domainId } })
        break
    }
    return redirect(`/t/${home}/settings?${new URLSearchParams({ done: typed.do ?? '' })}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }

  /** Only what differs is told as changed. */
  async function changeSettings() {
    const { settings } = await page.call(operations.readSettings, { query: {} })
    const wanted = settingsIn(typed)
    const changes = Object.fromEntries(
      Object.entries(wanted).filter(
        ([key, value]) =>
          JSON.stringify(value) !== JSON.stringify(settings[key as keyof TenantSettings]),
      ),
    )
    if (Object.keys(changes).length === 0) return
    const version = Number(typed.version)
    await page.call(operations.changeSettings, { body: { version, changes } })
  }
}

function settingsIn(typed: Typed): TenantSettings {
  const text = (name: keyof TenantSettings) => typed[name]?.trim() ?? ''
  const seller = text('sellerAddress')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  return {
    displayName: text('displayName'),
    locale: text('locale'),
    timezone: text('timezone'),
    currency: text('currency').toUpperCase(),
    currencies: text('currencies')
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter(Boolean),
    supportEmail: text('supportEmail') || null,
    brandColor: text('brandColor').toLowerCase() || null,
    returnDays: Number(text('returnDays') || Number.NaN),
    sellerAddress: seller.length > 0 ? seller : null,
    vatId:
      text('vatId')
        .toUpperCase()
        .replaceAll(/[\s.-]/g, '') || null,
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function Settings() {
  const { tenant, settings, domains, may } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [parameters] = useSearchParams()
  const t = useTranslations('settings')
  /** What was refused belongs to the form it was typed into. */
  const answerTo = (form: RegExp) =>
    answer && form.test(answer.typed.do ?? '') ? answer : { problem: undefined, typed: {} }
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
      </div>
      {parameters.has('done') && !answer && (
        <p className="notice" role="status">
          {t('done')}
        </p>
      )}
      <div className="columns even">
        <SettingsForm
          {...settings}
          mayChange={may.change}
          {...answerTo(/^settings$/)}
          key={settings.version}
        />
        <div className="stack">
          <TenantNameForm tenant={tenant} mayRename={may.rename} {...answerTo(/^rename$/)} />
          {domains && <Domains items={domains} may={may} {...answerTo(/domain$/)} />}
        </div>
      </div>
    </>
  )
}
