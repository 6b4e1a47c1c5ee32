import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { readHouse } from '../house.server.ts'
import { refused, textOf } from '../parts/refused.server.ts'
import { signIn } from '../sessions.server.ts'
import { allowWayBack, goBack, keepWayBack } from '../way-back.server.ts'

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (keepWayBack(page, url.searchParams)) throw redirect('/sign-in', 303)
  allowWayBack(page)
  const { name } = await readHouse(page)
  return { name, isSignedIn: page.person !== null }
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  allowWayBack(page)
  const form = await request.formData()
  if (form.get('do') === 'continue' && page.credential !== undefined)
    return goBack(page, page.credential)
  const typed = { email: textOf(form, 'email') }
  try {
    return await signIn(page, { ...typed, password: textOf(form, 'password') })
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export const meta = ({ loaderData }: { loaderData?: Awaited<ReturnType<typeof loader>> }) => [
  { title: loaderData?.name },
]

export default function SignIn() {
  const { name, isSignedIn } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('signIn')
  return (
    <>
      <h1>{t('title', { name })}</h1>
      <p className="quiet">
        {t('new')} <a href="/sign-up">{t('signUp')}</a>
      </p>
      {isSignedIn && (
        <form method="post">
          <button type="submit" name="do" value="continue" className="button wide">
            {t('continue')}
          </button>
        </form>
      )}
      <form method="post" className="stack">
        <FormProblem problem={answer?.problem} />
        <TextField
          label={t('email')}
          {...{ name: 'email', type: 'email', required: true, maxLength: 254 }}
          autoComplete="username"
          defaultValue={answer?.typed.email}
        />
        <TextField
          label={t('password')}
          {...{ name: 'password', type: 'password', required: true, maxLength: 1_000 }}
          autoComplete="current-password"
        />
        <Submit className={isSignedIn ? 'button second wide' : 'button wide'}>{t('submit')}</Submit>
        <p>
          <a href="/reset-password">{t('forgotten')}</a>
        </p>
      </form>
    </>
  )
}
