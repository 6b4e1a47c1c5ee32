import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { readHouse } from '../house.server.ts'
import { deviceOf } from '../parts/device.ts'
import { refused, textOf } from '../parts/refused.server.ts'

const operations = userContract.operations

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) throw redirect('/sign-in?to=/account')
  const [profile, { items: sessions }, { name }] = await Promise.all([
    page.call(operations.readProfile, {}),
    page.call(operations.listSessions, {}),
    readHouse(page),
  ])
  const { slug } = page.tenant
  const back = slug === null ? '/tenants' : page.origins['storefront-client']
  return { profile, sessions, name, back, isStaff: slug === null }
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) throw redirect('/sign-in?to=/account')
  const form = await request.formData()
  const typed = { displayName: textOf(form, 'displayName') }
  try {
    switch (form.get('do')) {
      case 'rename':
        await page.call(operations.changeProfile, { body: typed })
        break
      case 'end':
        await page.call(operations.revokeSession, {
          params: { sessionId: textOf(form, 'session') },
        })
        break
      case 'end-all':
        await page.call(operations.revokeAllSessions, {})
        page.setSession(undefined)
        return redirect('/sign-in', 303)
      case 'sign-out':
        await page.call(operations.signOut, {})
        page.setSession(undefined)
        return redirect('/sign-in', 303)
    }
    return redirect('/account', 303)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export const meta = ({ loaderData }: { loaderData?: Awaited<ReturnType<typeof loader>> }) => [
  { title: loaderData?.name },
]

export default function Account() {
  const { profile, back, isStaff } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('account')
  return (
    <>
      <h1>{t('title')}</h1>
      <p className="quiet">{profile.email}</p>
      <p>
        <a href={back}>{isStaff ? t('tenants') : t('shop')}</a>
      </p>
      <FormProblem problem={answer?.problem} />
      <form method="post" className="stack">
        <TextField
          label={t('displayName')}
          {...{ name: 'displayName', required: true, maxLength: 100, autoComplete: 'name' }}
          defaultValue={answer?.typed.displayName ?? profile.displayName}
          wrong={expectedAt(answer?.problem, '/displayName')}
        />
        <input type="hidden" name="do" value="rename" />
        <Submit className="button second">{t('rename')}</Submit>
      </form>
      <p>
        <a href="/reset-password">{t('password')}</a>
      </p>
      <Sessions />
      <form method="post" className="pair">
        <button type="submit" name="do" value="sign-out" className="button second">
          {t('signOut')}
        </button>
        <button type="submit" name="do" value="end-all" className="button second">
          {t('endAll')}
        </button>
      </form>
    </>
  )
}

function Sessions() {
  const { sessions } = useLoaderData<typeof loader>()
  const t = useTranslations('account')
  const clients = useTranslations('clients')
  return (
    <section className="stack" aria-labelledby="sessions">
      <h2 id="sessions">{t('sessions')}</h2>
      <ul className="sessions">
        {sessions.map(({ id, current, client, userAgent, address, lastUsedAt }) => (
          <li key={id}>
            <div>
              <strong>{deviceOf(userAgent) ?? t('unknownDevice')}</strong>{' '}
              {current && <span className="state ok">{t('current')}</span>}
              <p className="quiet">
                {client !== null && clients.has(client) ? clients(client) : t('program')}
                {address !== null && ` · ${address}`} · <Moment at={lastUsedAt} />
              </p>
            </div>
            {!current && (
              <form method="post">
                <input type="hidden" name="session" value={id} />
                <button type="submit" name="do" value="end" className="link">
                  {t('end')}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
