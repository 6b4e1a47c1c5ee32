import { useTranslations } from 'use-intl'

export const paymentStates = [
  'captured',
  'authorized',
  'processing',
  'requires_action',
  'failed',
  'voided',
] as const

const looks: Readonly<Record<string, string>> = {
  processing: 'warn',
  requires_action: 'warn',
  authorized: 'warn',
  failed: 'bad',
  voided: 'plain',
}

export function PaymentState({ state }: { readonly state: (typeof paymentStates)[number] }) {
  const t = useTranslations('paymentStates')
  return <span className={`state ${looks[state] ?? 'ok'}`}>{t(state)}</span>
}
