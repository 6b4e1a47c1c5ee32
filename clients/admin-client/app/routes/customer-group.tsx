import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
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
import { useTranslations } from 'use-intl'
import { Drawer } from '../parts/drawer.tsx'
import { GroupMembers } from '../parts/group-members.tsx'
import { useMay } from '../parts/may.ts'
import { permissionsOf } from '../parts/permissions.server.ts'
import { refused, typedIn } from '../parts/refused.server.ts'

const operations = productContract.operations
const { listAccounts, readAccount } = userContract.operations
/** Each is looked up by itself. */
const perPage = 20

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const groupId = params.groupId ?? ''
  const after = url.searchParams.get('after')
  const may = await permissionsOf(page)
  const mayReadAccounts = may.has('user:account:read')
  const [groups, { items, next }] = await Promise.all([
    page.call(operations.listCustomerGroups, {}),
    page.call(operations.listGroupMembers, {
      params: { groupId },
      query: { limit: perPage, ...(after !== null && { after }) },
    }),
  ])
  const group = groups.items.find(({ id }) => id === groupId)
  if (!group) throw data(null, { status: 404 })
  const members = await Promise.all(
    items.map(async ({ accountId, since }) => {
      const account = mayReadAccounts
        ? await page.call(readAccount, { params: { accountId } }).catch(() => null)
        : null
      return { accountId, since, name: account?.displayName ?? null, email: account?.email ?? null }
    }),
  )
  return {
    ...{ group, members, next },
    mayChange: may.has('product:customer_group:update'),
    mayAdd: may.has('product:customer_group:update') && mayReadAccounts,
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const groupId = params.groupId ?? ''
  const refuse = (thrown: unknown) => {
    const { data: answer, init } = refused(thrown, typed)
    return data({ ...answer, isUnknown: false }, init ?? {})
  }
  try {
    switch (typed.do) {
      case 'add': {
        const email = typed.email?.trim() ?? ''
        const { items } = await page.call(listAccounts, { query: { email, limit: 1 } })
        const [account] = items
        if (!account) return data({ problem: undefined, typed, isUnknown: true }, { status: 404 })
        await page.call(operations.setGroupMember, {
          params: { accountId: account.id },
          body: { groupId },
        })
        break
      }
      case 'take-out':
        await page.call(operations.removeGroupMember, { params: { accountId: typed.id ?? '' } })
        break
      case 'remove':
        await page.call(operations.removeCustomerGroup, { params: { groupId } })
        return redirect(`/t/${params.tenant}/customer-groups`)
      case 'name':
        await page.call(operations.changeCustomerGroup, {
          params: { groupId },
          body: { name: typed.name?.trim() ?? '', version: Number(typed.version) },
        })
    }
    return redirect(url.pathname)
  } catch (thrown) {
    return refuse(thrown)
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function CustomerGroup() {
  const { group, members, next, mayChange, mayAdd } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const mayRemove = useMay()('product:customer_group:delete')
  const t = useTranslations('customerGroup')
  const { problem, typed = {}, isUnknown = false } = answer ?? {}
  return (
    <Drawer title={group.name} back={`/t/${tenant}/customer-groups`}>
      <FormProblem problem={problem} />
      <Form method="post" className="stack" key={`${group.id} ${group.version}`}>
        <fieldset className="plain stack" disabled={!mayChange}>
          <TextField
            label={t('name')}
            name="name"
            required
            maxLength={100}
            defaultValue={typed.name ?? group.name}
            wrong={expectedAt(problem, '/name') && t('nameWrong')}
          />
          <input type="hidden" name="do" value="name" />
          <input type="hidden" name="version" value={group.version} />
          {mayChange && <Submit className="button second">{t('save')}</Submit>}
        </fieldset>
      </Form>
      <GroupMembers
        {...{ members, next, mayChange, mayAdd, isUnknown }}
        email={isUnknown ? typed.email : undefined}
      />
      {mayRemove && (
        <details>
          <summary>{t('remove')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('removeHint')}</p>
            <input type="hidden" name="do" value="remove" />
            <Submit className="button second">{t('removeNow')}</Submit>
          </Form>
        </details>
      )}
    </Drawer>
  )
}
