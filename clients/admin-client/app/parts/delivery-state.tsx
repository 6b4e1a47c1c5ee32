import { useTranslations } from 'use-intl'

const looks = { waiting: 'warn', delivered: 'ok', failed: 'bad' } as const

export function DeliveryState({ state }: { readonly state: keyof typeof looks }) {
  const t = useTranslations('deliveryStates')
  return <span className={`state ${looks[state]}`}>{t(state)}</span>
}
