import { userContract } from '@prognetwork/contracts/user'
import { FormProblem, Submit, TextField, type Wrong } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { expectedAt } from '@prognetwork/ui/problem'
import { useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { forgetLinkToken, takeLinkToken } from '../link-token.server.ts'
import { refused, textOf } from '../parts/refused.server.ts'

const { requestPasswordReset, resetPassword } = userContract.operations

export function loader({ context, url }: PageArgs) {
  return { hasLink: takeLinkToken(context.get(pageRequest), url) !== undefined }
}

/** Asks for the mail, or sets the password that the mail's link is for. */
export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const typed = { email: textOf(form, 'email') }
  const token = takeLinkToken(page, url)
  try {
    if (token === undefined || form.get('do') === 'ask') {
      await page.call(requestPasswordReset, { body: typed })
      forgetLinkToken(page, url)
      return { problem: undefined, typed, done: 'sent' as const }
    }
    await page.call(resetPassword, { body: { token, password: textOf(form, 'password') } })
    forgetLinkToken(page, url)
    return { problem: undefined, typed, done: 'set' as const }
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

export default function ResetPassword() {
  const { hasLink } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('resetPassword')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      {answer && 'done' in answer ? (
        <>
          <p role="status">{t(answer.done)}</p>
          <p>
            <a href="/sign-in">{t('signIn')}</a>
          </p>
        </>
      ) : (
        <>
          <FormProblem problem={answer?.problem} />
          {hasLink && <Choose wrong={expectedAt(answer?.problem, '/password')} />}
          {(!hasLink || answer?.problem.code === 'user.token_invalid') && <Ask />}
        </>
      )}
    </>
  )
}

function Choose({ wrong }: { readonly wrong: Wrong | undefined }) {
  const t = useTranslations('resetPassword')
  return (
    <form method="post" className="stack">
      <p>{t('choose')}</p>
      <TextField
        label={t('password')}
        hint={t('passwordHint')}
        {...{ name: 'password', type: 'password', required: true, minLength: 8, maxLength: 256 }}
        {...{ autoComplete: 'new-password', wrong }}
      />
      <Submit className="button wide">{t('submit')}</Submit>
    </form>
  )
}

function Ask() {
  const answer = useActionData<typeof action>()
  const t = useTranslations('resetPassword')
  return (
    <form method="post" className="stack">
      <p>{t('ask')}</p>
      <input type="hidden" name="do" value="ask" />
      <TextField
        label={t('email')}
        {...{ name: 'email', type: 'email', required: true, maxLength: 254 }}
        autoComplete="username"
        defaultValue={answer?.typed.email}
        wrong={expectedAt(answer?.problem, '/email')}
      />
      <Submit className="button wide">{t('send')}</Submit>
    </form>
  )
}
