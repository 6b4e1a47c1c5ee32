import type { Money } from '@prognetwork/contracts'
import { Amount } from '@prognetwork/ui/amount'
import { useTranslations } from 'use-intl'

interface Sums {
  readonly subtotal: Money
  readonly discounts: readonly { readonly name: string; readonly amount: Money }[]
  readonly shipping: { readonly name: string; readonly amount: Money } | null
  readonly tax: { readonly name: string; readonly included: boolean; readonly amount: Money } | null
  readonly total: Money
}

/** How the total of a quote or an order comes about. */
export function Totals({ of }: { readonly of: Sums }) {
  const t = useTranslations('totals')
  return (
    <dl className="totals">
      <Row name={t('subtotal')} amount={of.subtotal} />
      {of.discounts.map(({ name, amount }) => (
        <Row key={name} name={name} amount={{ ...amount, amountMinor: -amount.amountMinor }} />
      ))}
      {of.shipping && <Row name={of.shipping.name} amount={of.shipping.amount} />}
      {of.tax && (
        <Row
          name={of.tax.included ? t('taxIncluded', { name: of.tax.name }) : of.tax.name}
          amount={of.tax.amount}
        />
      )}
      <Row name={t('total')} amount={of.total} isSum />
    </dl>
  )
}

function Row({
  name,
  amount,
  isSum = false,
}: {
  readonly name: string
  readonly amount: Money
  readonly isSum?: boolean
}) {
  return (
    <div className={isSum ? 'sum' : undefined}>
      <dt>{name}</dt>
      <dd>
        <Amount of={amount} />
      </dd>
    </div>
  )
}
