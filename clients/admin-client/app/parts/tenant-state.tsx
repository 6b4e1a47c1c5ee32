import { useTranslations } from 'use-intl'

const looks = { provisioning: 'warn', active: 'ok', suspended: 'bad' } as const

export function TenantState({ state }: { readonly state: keyof typeof looks }) {
  const t = useTranslations('tenantStates')
  return <span className={`state ${looks[state]}`}>{t(state)}</span>
}
