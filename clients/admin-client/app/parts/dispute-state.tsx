import { useTranslations } from 'use-intl'

export const disputeStates = [
  'needs_response',
  'inquiry',
  'under_review',
  'won',
  'lost',
  'closed',
] as const

const looks: Readonly<Record<string, string>> = {
  ...{ needs_response: 'bad', inquiry: 'warn', under_review: 'warn', lost: 'bad', closed: 'plain' },
}

export function DisputeState({ state }: { readonly state: (typeof disputeStates)[number] }) {
  const t = useTranslations('disputeStates')
  return <span className={`state ${looks[state] ?? 'ok'}`}>{t(state)}</span>
}
