import type { ProblemDetails } from '@prognetwork/contracts'
import { TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { useTranslations } from 'use-intl'

/** What an account begins with. */
export function AccountFields({
  problem,
  typed,
}: {
  readonly problem: ProblemDetails | undefined
  readonly typed: { readonly email: string; readonly displayName: string } | undefined
}) {
  const t = useTranslations('accountFields')
  return (
    <>
      <TextField
        label={t('displayName')}
        {...{ name: 'displayName', required: true, maxLength: 100, autoComplete: 'name' }}
        defaultValue={typed?.displayName}
        wrong={expectedAt(problem, '/displayName')}
      />
      <TextField
        label={t('email')}
        {...{ name: 'email', type: 'email', required: true, maxLength: 254 }}
        autoComplete="username"
        defaultValue={typed?.email}
        wrong={expectedAt(problem, '/email')}
      />
      <TextField
        label={t('password')}
        hint={t('passwordHint')}
        {...{ name: 'password', type: 'password', required: true, minLength: 8, maxLength: 256 }}
        autoComplete="new-password"
        wrong={expectedAt(problem, '/password')}
      />
    </>
  )
}
