import type { PageRequest } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { membershipMissing, userContract } from '@prognetwork/contracts/user'
import { FormProblem } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem } from '@prognetwork/ui/problem'
import { data, redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { AccountState } from '../parts/account-state.tsx'
import { Live } from '../parts/live.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { PersonActivity } from '../parts/person-activity.tsx'
import { PersonRoles } from '../parts/person-roles.tsx'
import { PersonSessions } from '../parts/person-sessions.tsx'
import { PersonTenants } from '../parts/person-tenants.tsx'
import { refused } from '../parts/refused.server.ts'
import { rolesToGive } from '../parts/roles.server.ts'
import { useLivePage } from '../parts/use-events.ts'

const operations = userContract.operations
const shownActivity = 50

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const accountId = params.accountId ?? ''
  const byAccount = { params: { accountId } }
  const after = url.searchParams.get('after')
  const may = await permissionsOf(page)
  const account = await page.call(operations.readAccount, byAccount)
  const [sessions, tenants, roles, activity] = await Promise.all([
    may.has('user:session:read') ? page.call(operations.listAccountSessions, byAccount) : null,
    may.has('platform:membership:read') ? tenantsOf(page, accountId) : null,
    may.has('user:membership:read') ? rolesOf(page, accountId) : null,
    may.has('user:audit:read')
      ? page.call(operations.listAudit, {
          query: {
            ...{ subject: accountId, limit: shownActivity },
            ...(after !== null && { after }),
          },
        })
      : null,
  ])
  const mayChangeRoles = may.has('user:membership:update') && roles !== null && roles.length > 0
  return {
    ...{ account, tenants, roles, activity, sessions: sessions?.items ?? null },
    offered: mayChangeRoles ? await rolesToGive(page) : [],
    mayEnd: may.has('user:session:delete'),
  }
}

/** Those of the platform itself are its roles, and no tenants. */
async function tenantsOf(page: PageRequest, accountId: string) {
  const { items } = await page.call(operations.listAccountMemberships, { params: { accountId } })
  return Promise.all(
    items
      .filter(({ tenantId }) => tenantId !== page.tenant.id)
      .map(async ({ tenantId, roles, createdAt }) => {
        const { findTenant } = tenantContract.operations
        const found = await page.callAsClient(findTenant, { params: { name: tenantId } })
        return { ...{ tenantId, roles, createdAt }, slug: found.slug, status: found.status }
      }),
  )
}

/** What they are to the platform; most people are nothing. */
async function rolesOf(page: PageRequest, accountId: string): Promise<readonly string[]> {
  try {
    const { roles } = await page.call(operations.readMember, { params: { accountId } })
    return roles
  } catch (thrown) {
    if (findProblem(thrown)?.code !== membershipMissing.code) throw thrown
    return []
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const accountId = params.accountId ?? ''
  const form = await request.formData()
  try {
    switch (form.get('do')) {
      case 'end':
        await page.call(operations.revokeAccountSession, {
          params: { accountId, sessionId: String(form.get('id') ?? '') },
        })
        break
      case 'end-all':
        await page.call(operations.revokeAccountSessions, { params: { accountId } })
        break
      case 'roles':
        await page.call(operations.changeMemberRoles, {
          params: { accountId },
          body: { roles: form.getAll('roles').map(String) },
        })
        break
      default:
        return data(undefined, { status: 400 })
    }
    return redirect(url.pathname)
  } catch (thrown) {
    return refused(thrown)
  }
}

export default function Person() {
  const { account, sessions, tenants, roles, offered, activity, mayEnd } =
    useLoaderData<typeof loader>()
  const problem = useActionData<typeof action>()?.problem
  const isOpen = useLivePage('', 'user.*,session.*,membership.*')
  const t = useTranslations('person')
  const { id, displayName, email, emailVerified, status, locale, timezone, createdAt } = account
  return (
    <>
      <title>{displayName}</title>
      <div className="head">
        <h1>{displayName}</h1>
        <AccountState {...{ emailVerified, status }} />
        <Live isOpen={isOpen} />
      </div>
      <FormProblem problem={problem} />
      <div className="columns">
        <div className="stack">
          {sessions && <PersonSessions items={sessions} {...{ accountId: id, mayEnd }} />}
          {tenants && <PersonTenants items={tenants} />}
          {activity && <PersonActivity {...activity} />}
        </div>
        <div className="stack">
          <section>
            <h2>{t('account')}</h2>
            <dl className="facts">
              <dt>{t('email')}</dt>
              <dd>{email}</dd>
              <dt>{t('locale')}</dt>
              <dd>{locale}</dd>
              <dt>{t('timezone')}</dt>
              <dd>{timezone}</dd>
              <dt>{t('since')}</dt>
              <dd>
                <Moment at={createdAt} />
              </dd>
              <dt>{t('id')}</dt>
              <dd className="mono">{id}</dd>
            </dl>
          </section>
          {roles && <PersonRoles {...{ roles, offered, problem }} />}
        </div>
      </div>
    </>
  )
}
