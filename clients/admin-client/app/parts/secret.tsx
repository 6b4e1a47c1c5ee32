import { useTranslations } from 'use-intl'

/** The secret of an endpoint, once: nobody is shown it a second time. */
export function Secret({ secret }: { readonly secret: string }) {
  const t = useTranslations('webhookSecret')
  return (
    <section className="notice" aria-label={t('title')}>
      <p>{t('once')}</p>
      <p className="secret mono">{secret}</p>
    </section>
  )
}
