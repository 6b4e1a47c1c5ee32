import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { readHouse, speak } from '../house.server.ts'
import { AccountFields } from '../parts/account-fields.tsx'
import { refused, textOf } from '../parts/refused.server.ts'

export async function loader({ context }: PageArgs) {
  const { name } = await readHouse(context.get(pageRequest))
  return { name }
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const typed = { email: textOf(form, 'email'), displayName: textOf(form, 'displayName') }
  try {
    await page.call(userContract.operations.signUp, {
      body: { ...typed, password: textOf(form, 'password'), locale: speak(request).language },
    })
    return { problem: undefined, typed, isSent: true }
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export const meta = ({ loaderData }: { loaderData?: Awaited<ReturnType<typeof loader>> }) => [
  { title: loaderData?.name },
]

export default function SignUp() {
  const { name } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('signUp')
  if (answer && 'isSent' in answer)
    return (
      <>
        <h1>{t('sent')}</h1>
        <p>{t('sentTo', { email: answer.typed.email })}</p>
        <p className="quiet">{t('sentHint')}</p>
      </>
    )
  const problem = answer?.problem
  return (
    <>
      <h1>{t('title', { name })}</h1>
      <p className="quiet">
        {t('known')} <a href="/sign-in">{t('signIn')}</a>
      </p>
      <form method="post" className="stack">
        <FormProblem problem={problem} />
        <AccountFields problem={problem} typed={answer?.typed} />
        <Submit className="button wide">{t('submit')}</Submit>
      </form>
    </>
  )
}
