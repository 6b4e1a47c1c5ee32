import { useTranslations } from 'use-intl'

export function ProductState({ state }: { readonly state: 'draft' | 'active' | 'archived' }) {
  const t = useTranslations('products')
  return (
    <span className={`state ${state === 'active' ? 'ok' : 'warn'}`}>{t(`states.${state}`)}</span>
  )
}
