import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import {
  data,
  Form,
  redirect,
  useActionData,
  useLoaderData,
  useLocation,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused } from '../parts/refused.server.ts'
import { RoleChoice, RoleNames } from '../parts/role-choice.tsx'
import { rolesToGive } from '../parts/roles.server.ts'

const operations = userContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const may = await permissionsOf(page)
  const mayChange = may.has('user:membership:update') && may.has('user:role:read')
  const [member, offered] = await Promise.all([
    page.call(operations.readMember, { params: { accountId: params.accountId ?? '' } }),
    mayChange ? rolesToGive(page) : Promise.resolve<readonly string[]>([]),
  ])
  const isSelf = page.person?.accountId === member.accountId
  // Who may do more than the reader is not theirs to change.
  const isWithin = member.roles.every((name) => offered.includes(name))
  return {
    ...{ member, offered, isSelf },
    mayChange: mayChange && isWithin,
    mayRemove: may.has('user:membership:delete') && isWithin,
    mayPassOn: (page.person?.roles.includes('owner') ?? false) && !isSelf,
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const accountId = params.accountId ?? ''
  const form = await request.formData()
  const list = `/t/${params.tenant}/members${url.search}`
  try {
    switch (form.get('do')) {
      case 'roles':
        await page.call(operations.changeMemberRoles, {
          params: { accountId },
          body: { roles: form.getAll('roles').map(String) },
        })
        return redirect(`${url.pathname}${url.search}`)
      case 'pass-on':
        await page.call(operations.transferOwnership, { body: { accountId } })
        return redirect(`${url.pathname}${url.search}`)
      case 'remove':
        await page.call(operations.removeMember, { params: { accountId } })
        return redirect(list)
      default:
        return data(undefined, { status: 400 })
    }
  } catch (thrown) {
    return refused(thrown)
  }
}

export default function Member() {
  const { member, offered, isSelf, mayChange, mayRemove, mayPassOn } =
    useLoaderData<typeof loader>()
  const problem = useActionData<typeof action>()?.problem
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const t = useTranslations('member')
  return (
    <Drawer title={member.displayName} back={`/t/${tenant}/members${search}`}>
      <p className="quiet">{isSelf ? t('self', { email: member.email }) : member.email}</p>
      <FormProblem problem={problem} />
      {mayChange ? (
        // The choice is made anew when somebody else has changed it.
        <Form method="post" className="stack" key={member.roles.join(' ')}>
          <RoleChoice
            roles={offered}
            chosen={member.roles}
            wrong={expectedAt(problem, '/roles') && t('rolesWrong')}
          />
          <input type="hidden" name="do" value="roles" />
          <Submit>{t('save')}</Submit>
        </Form>
      ) : (
        <p>
          <RoleNames of={member.roles} />
        </p>
      )}
      {mayPassOn && <Sure what="pass-on" name={t('passOn')} hint={t('passOnHint')} />}
      {mayRemove && <Sure what="remove" name={t('remove')} hint={t('removeHint')} />}
    </Drawer>
  )
}

/** What cannot be undone is opened first. */
function Sure({
  what,
  name,
  hint,
}: {
  readonly what: string
  readonly name: string
  readonly hint: string
}) {
  const t = useTranslations('member')
  return (
    <details>
      <summary>{name}</summary>
      <Form method="post" className="stack">
        <p className="quiet">{hint}</p>
        <input type="hidden" name="do" value={what} />
        <Submit className="button second">{t('sure')}</Submit>
      </Form>
    </details>
  )
}
