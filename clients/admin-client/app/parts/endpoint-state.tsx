import { useTranslations } from 'use-intl'

interface Endpoint {
  readonly enabled: boolean
  readonly disabledReason: 'by_hand' | 'gone' | 'failing' | null
  readonly failingSince: string | null
}

/** Whether an endpoint gets anything, and why not. */
export function EndpointState({ of }: { readonly of: Endpoint }) {
  const t = useTranslations('endpointStates')
  const { enabled, disabledReason, failingSince } = of
  if (!enabled) return <span className="state bad">{t(disabledReason ?? 'by_hand')}</span>
  return failingSince === null ? (
    <span className="state ok">{t('enabled')}</span>
  ) : (
    <span className="state warn">{t('troubled')}</span>
  )
}
