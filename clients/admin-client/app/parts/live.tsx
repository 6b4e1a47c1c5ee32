import { useTranslations } from 'use-intl'

/** Whether the page follows what happens by itself. */
export function Live({ isOpen }: { readonly isOpen: boolean }) {
  const t = useTranslations('live')
  return (
    <span className={`state ${isOpen ? 'ok' : 'warn'}`}>{isOpen ? t('open') : t('waiting')}</span>
  )
}
