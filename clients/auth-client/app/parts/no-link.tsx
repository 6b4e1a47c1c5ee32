import { useTranslations } from 'use-intl'

/** Shown where a page was opened without the link that leads to it, or long after. */
export function NoLink() {
  const t = useTranslations('noLink')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <p>{t('intro')}</p>
      <p>
        <a href="/sign-in">{t('signIn')}</a>
      </p>
    </>
  )
}
