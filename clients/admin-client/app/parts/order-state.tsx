import { useTranslations } from 'use-intl'

export const orderLooks: Readonly<Record<string, string>> = {
  awaiting_payment: 'warn',
  cancelled: 'bad',
  refunded: 'bad',
}

export function OrderState({ state }: { readonly state: string }) {
  const t = useTranslations('orderStates')
  return (
    <span className={`state ${orderLooks[state] ?? 'ok'}`}>{t.has(state) ? t(state) : state}</span>
  )
}
