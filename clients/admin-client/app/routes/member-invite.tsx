import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, redirect, useActionData, useLoaderData, useLocation, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { refused } from '../parts/refused.server.ts'
import { RoleChoice } from '../parts/role-choice.tsx'
import { rolesToGive } from '../parts/roles.server.ts'

export async function loader({ context }: PageArgs) {
  return { roles: await rolesToGive(context.get(pageRequest)) }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const email = String(form.get('email') ?? '')
  const roles = form.getAll('roles').map(String)
  try {
    await page.call(userContract.operations.inviteMember, { body: { email, roles } })
    return redirect(`/t/${params.tenant}/members${url.search}`)
  } catch (thrown) {
    return refused(thrown, { email, roles: roles.join(' ') })
  }
}

const knownCodes = ['user.membership_exists', 'user.invitation_exists']

export default function MemberInvite() {
  const { roles } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const t = useTranslations('invite')
  const problems = useTranslations('problems')
  const known = problem && knownCodes.includes(problem.code) ? problems(problem.code) : undefined
  return (
    <Drawer title={t('title')} back={`/t/${tenant}/members${search}`}>
      <p className="quiet">{t('intro')}</p>
      <Form method="post" className="stack">
        <FormProblem problem={problem} />
        <TextField
          label={t('email')}
          name="email"
          type="email"
          required
          maxLength={254}
          defaultValue={typed.email}
          wrong={known ?? (expectedAt(problem, '/email') && t('emailWrong'))}
        />
        <RoleChoice
          roles={roles}
          chosen={typed.roles?.split(' ') ?? []}
          wrong={expectedAt(problem, '/roles') && t('rolesWrong')}
        />
        <Submit>{t('send')}</Submit>
      </Form>
    </Drawer>
  )
}
