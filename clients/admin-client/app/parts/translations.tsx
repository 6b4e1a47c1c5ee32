import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Link, NavLink } from 'react-router'
import { useLocale, useTranslations } from 'use-intl'

type Product = Output<typeof productContract.operations.readCatalogueProduct>

/** How a language is called in the one of the reader. */
export function languageName(locale: string, reader: string): string {
  return new Intl.DisplayNames(reader, { type: 'language' }).of(locale) ?? locale
}

/** The languages that a product is translated into; each is changed in a drawer of its own. */
export function Translations({
  product: { translations },
  home,
  mayChange,
}: {
  readonly product: Product
  readonly home: string
  readonly mayChange: boolean
}) {
  const t = useTranslations('translations')
  const reader = useLocale()
  return (
    <section>
      <div className="head">
        <h2>{t('title')}</h2>
        {mayChange && (
          <Link className="button second" to={`${home}/new-language`} preventScrollReset>
            {t('add')}
          </Link>
        )}
      </div>
      {translations.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <ul>
          {translations.map(({ locale, title }) => (
            <li key={locale}>
              <NavLink to={`${home}/languages/${locale}`} prefetch="intent" preventScrollReset>
                {languageName(locale, reader)}
              </NavLink>{' '}
              <span lang={locale} className="quiet">
                {title}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
