import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import type { Shop } from '../shop.server.ts'

export function Footer({ shop }: { readonly shop: Shop }) {
  const t = useTranslations('frame')
  return (
    <footer className="bottom">
      <p>{shop.name}</p>
      <Link to="/orders">{t('lookUp')}</Link>
      {shop.supportEmail && <a href={`mailto:${shop.supportEmail}`}>{shop.supportEmail}</a>}
    </footer>
  )
}
