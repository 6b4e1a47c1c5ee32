import { useState } from 'react'
import { Form, Link, useFetcher, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from '../parts/lang.ts'
import type { RootData } from '../root.tsx'
import type { loader as suggestions } from '../routes/suggestions.ts'

export function Header({ shop, categories, inCart, isSignedIn }: RootData) {
  const t = useTranslations('frame')
  const langOf = useLang()
  return (
    <header className="top">
      <Link to="/" className="wordmark">
        {shop.name}
      </Link>
      <SearchField />
      <nav className="tools" aria-label={t('tools')}>
        <Link to="/account">{isSignedIn ? t('account') : t('signIn')}</Link>
        <Link to="/cart">
          {t('cart')} <span className="amount">({inCart})</span>
        </Link>
      </nav>
      {categories.length > 0 && (
        <nav className="rooms" aria-label={t('categories')}>
          {categories.map(({ id, slug, name, locale }) => (
            <Link key={id} to={`/categories/${slug}`} prefetch="intent" lang={langOf(locale)}>
              {name}
            </Link>
          ))}
        </nav>
      )}
    </header>
  )
}

const suggestFrom = 2

/** Suggestions come as one types, where there is script; without it the field still searches. */
function SearchField() {
  const t = useTranslations('frame')
  const [parameters] = useSearchParams()
  const { load, data } = useFetcher<typeof suggestions>()
  const [typed, setTyped] = useState<string>()
  return (
    <Form action="/search" role="search" className="search">
      <input
        type="search"
        name="q"
        maxLength={200}
        key={parameters.get('q')}
        defaultValue={parameters.get('q') ?? ''}
        placeholder={t('search')}
        aria-label={t('search')}
        autoComplete="off"
        list="suggestions"
        onChange={({ target }) => {
          setTyped(target.value)
          if (target.value.length >= suggestFrom)
            void load(`/suggestions?${new URLSearchParams({ q: target.value })}`)
        }}
      />
      <datalist id="suggestions">
        {typed !== undefined && data?.titles.map((title) => <option key={title} value={title} />)}
      </datalist>
      <button type="submit" className="button second">
        {t('find')}
      </button>
    </Form>
  )
}
