import { useTranslations } from 'use-intl'

export const spanStates = ['ok', 'problem', 'error'] as const
const looks = { ok: 'ok', problem: 'warn', error: 'bad' } as const

export function SpanState({ state }: { readonly state: (typeof spanStates)[number] }) {
  const t = useTranslations('spanStates')
  return <span className={`state ${looks[state]}`}>{t(state)}</span>
}
