import { NavLink, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from './may.ts'

const views = [
  { name: 'payments', path: '/payments', needs: 'payment:payment:read' },
  { name: 'disputes', path: '/disputes', needs: 'payment:dispute:read' },
] as const

/** From the payments to those that payers had taken back, and the other way. */
export function PaymentViews() {
  const { tenant = '' } = useParams()
  const may = useMay()
  const t = useTranslations('paymentViews')
  return (
    <nav className="views" aria-label={t('title')}>
      {views
        .filter(({ needs }) => may(needs))
        .map(({ name, path }) => (
          <NavLink key={name} to={`/t/${tenant}${path}`} end className="view" prefetch="intent">
            {t(name)}
          </NavLink>
        ))}
    </nav>
  )
}
