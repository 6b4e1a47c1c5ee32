import { tenantContract } from '@prognetwork/contracts/tenant'
import { FormProblem, Submit, TextField, type Wrong } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, Link, redirect, useActionData, useLoaderData, useLocation } from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'
import { TenantState } from '../parts/tenant-state.tsx'
import { useAgainWhile } from '../parts/use-again-while.ts'

const { inspectTenant, resumeTenant, suspendTenant } = tenantContract.operations

export async function loader({ context, params }: PageArgs) {
  return context.get(pageRequest).call(inspectTenant, byId(params))
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  try {
    if (typed.do === 'resume') await page.call(resumeTenant, byId(params))
    else await page.call(suspendTenant, { ...byId(params), body: { reason: typed.reason ?? '' } })
    return redirect(`${url.pathname}${url.search}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

function byId({ tenantId = '' }: PageArgs['params']) {
  return { params: { tenantId } }
}

type ShownTenant = Awaited<ReturnType<typeof loader>>

export default function TenantOfPlatform() {
  const tenant = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { search } = useLocation()
  const t = useTranslations('tenantOfPlatform')
  const { name, slug, status } = tenant
  // What happens to a tenant is told to itself alone, so this page asks.
  useAgainWhile(status === 'provisioning')
  return (
    <Drawer title={name} back={`/tenants${search}`}>
      <FormProblem problem={answer?.problem} />
      <Facts tenant={tenant} />
      {status !== 'provisioning' && (
        <p>
          <a className="button second" href={`/t/${slug}`}>
            {t('enter')}
          </a>
        </p>
      )}
      <Steps tenant={tenant} />
      <Lifecycle status={status} wrong={expectedAt(answer?.problem, '/reason')} />
    </Drawer>
  )
}

function Facts({ tenant }: { readonly tenant: ShownTenant }) {
  const t = useTranslations('tenantOfPlatform')
  const { id, slug, status, createdAt, updatedAt, firstOwnerId } = tenant
  return (
    <dl className="facts">
      <dt>{t('state')}</dt>
      <dd>
        <TenantState state={status} />
      </dd>
      <dt>{t('slug')}</dt>
      <dd className="mono">{slug}</dd>
      <dt>{t('id')}</dt>
      <dd className="mono">{id}</dd>
      <dt>{t('firstOwner')}</dt>
      <dd className="mono">
        <Link to={`/people/${firstOwnerId}`}>{firstOwnerId}</Link>
      </dd>
      <dt>{t('made')}</dt>
      <dd>
        <Moment at={createdAt} />
      </dd>
      <dt>{t('changed')}</dt>
      <dd>
        <Moment at={updatedAt} />
      </dd>
    </dl>
  )
}

function Steps({ tenant: { provisioning } }: { readonly tenant: ShownTenant }) {
  const t = useTranslations('provisioning')
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{t('title')}</h2>
      <ol className="history" aria-live="polite">
        {provisioning.map(({ name, state, attempts, lastError, finishedAt }) => (
          <li key={name}>
            {t.has(`steps.${name}`) ? t(`steps.${name}`) : name}{' '}
            <span className={`state ${state === 'done' ? 'ok' : 'warn'}`}>{t(state)}</span>
            {finishedAt !== null && (
              <p className="quiet">
                <Moment at={finishedAt} />
              </p>
            )}
            {lastError !== null && (
              <p className="wrong">
                {t('attempts', { attempts })} {lastError}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Whatever is done to a tenant is opened first. */
function Lifecycle({
  status,
  wrong,
}: {
  readonly status: ShownTenant['status']
  readonly wrong: Wrong | undefined
}) {
  const t = useTranslations('lifecycle')
  return (
    <section aria-labelledby="lifecycle">
      <h2 id="lifecycle">{t('title')}</h2>
      {status === 'provisioning' && <p className="quiet">{t('none')}</p>}
      {status === 'active' && (
        <details open={wrong !== undefined || undefined}>
          <summary>{t('suspend')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('suspendHint')}</p>
            <TextField
              label={t('reason')}
              hint={t('reasonHint')}
              name="reason"
              required
              minLength={3}
              maxLength={500}
              wrong={wrong && t('reasonWrong')}
            />
            <input type="hidden" name="do" value="suspend" />
            <Submit className="button second">{t('suspendNow')}</Submit>
          </Form>
        </details>
      )}
      {status === 'suspended' && (
        <details>
          <summary>{t('resume')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('resumeHint')}</p>
            <input type="hidden" name="do" value="resume" />
            <Submit className="button second">{t('resumeNow')}</Submit>
          </Form>
        </details>
      )}
    </section>
  )
}
