import { userContract } from '@prognetwork/contracts/user'
import { FormProblem } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  Link,
  NavLink,
  redirect,
  useActionData,
  useLoaderData,
  useLocation,
  useOutlet,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { ActingSessions } from '../parts/acting-sessions.tsx'
import { Invitations } from '../parts/invitations.tsx'
import { Live } from '../parts/live.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused, typedIn } from '../parts/refused.server.ts'
import { RoleNames } from '../parts/role-choice.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'

const operations = userContract.operations
const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  const may = await permissionsOf(page)
  const [members, invitations, acting] = await Promise.all([
    page.call(operations.listMembers, {
      query: { limit: perPage, ...(after !== null && { after }) },
    }),
    may.has('user:invitation:read')
      ? page.call(operations.listInvitations, { query: { limit: 100 } })
      : null,
    may.has('user:acting_session:read')
      ? page.call(operations.listActingSessions, { query: { limit: 100 } })
      : null,
  ])
  return {
    ...members,
    invitations: invitations?.items ?? null,
    acting: acting?.items.filter((one) => one.endedAt === null && one.expiresAt > page.now) ?? null,
    mayInvite: may.has('user:invitation:create'),
    mayRevoke: may.has('user:invitation:delete'),
    mayEnd: may.has('user:acting_session:delete'),
  }
}

export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { do: what, id = '' } = typedIn(await request.formData())
  try {
    if (what === 'resend')
      await page.call(operations.resendInvitation, { params: { invitationId: id } })
    if (what === 'revoke')
      await page.call(operations.revokeInvitation, { params: { invitationId: id } })
    if (what === 'end') await page.call(operations.endActingSession, { params: { sessionId: id } })
    return redirect(`${url.pathname}${url.search}`)
  } catch (thrown) {
    return refused(thrown)
  }
}

export default function Members() {
  const { items, next, invitations, acting, mayInvite, mayRevoke, mayEnd } =
    useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const drawer = useOutlet()
  const isOpen = useLivePage(tenant, 'membership.*,invitation.*,acting_session.*')
  const t = useTranslations('members')
  const home = `/t/${tenant}/members`
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
        {mayInvite && (
          <Link className="button" to={`${home}/invite${search}`} prefetch="intent">
            {t('invite')}
          </Link>
        )}
      </div>
      <FormProblem problem={answer?.problem} />
      <Scroll name={t('title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('name')}</th>
              <th scope="col">{t('email')}</th>
              <th scope="col">{t('roles')}</th>
              <th scope="col">{t('since')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ accountId, displayName, email, roles, createdAt }) => (
              <tr key={accountId}>
                <td>
                  <NavLink to={`${home}/${accountId}${search}`} prefetch="intent">
                    {displayName}
                  </NavLink>
                </td>
                <td>{email}</td>
                <td>
                  <RoleNames of={roles} />
                </td>
                <td className="quiet">
                  <Moment at={createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {next !== null && (
        <Link className="button second" to={`${home}?${new URLSearchParams({ after: next })}`}>
          {t('further')}
        </Link>
      )}
      {invitations && <Invitations items={invitations} {...{ home, mayInvite, mayRevoke }} />}
      {acting && <ActingSessions items={acting} {...{ home, mayEnd }} />}
      {drawer}
    </>
  )
}
