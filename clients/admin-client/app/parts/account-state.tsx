import { useTranslations } from 'use-intl'

export function AccountState({
  emailVerified,
  status,
}: {
  readonly emailVerified: boolean
  readonly status: 'active' | 'disabled'
}) {
  const t = useTranslations('accountStates')
  if (status === 'disabled') return <span className="state bad">{t('disabled')}</span>
  return emailVerified ? (
    <span className="state ok">{t('active')}</span>
  ) : (
    <span className="state warn">{t('unverified')}</span>
  )
}
