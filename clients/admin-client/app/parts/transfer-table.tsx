import type { Output } from '@prognetwork/contracts'
import type { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { Link, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'

type Transfer = Output<typeof paymentContract.operations.listTransfers>['items'][number]

/** Money that moved: what one account is debited with, another is credited with. */
export function TransferTable({ items }: { readonly items: readonly Transfer[] }) {
  const { tenant = '', paymentId } = useParams()
  const t = useTranslations('ledger')
  const kinds = useTranslations('transferKinds')
  return (
    <Scroll name={t('transfers')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('at')}</th>
            <th scope="col">{t('kind')}</th>
            <th scope="col">{t('debit')}</th>
            <th scope="col">{t('credit')}</th>
            <th scope="col" className="number">
              {t('amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, at, kind, debit, credit, amountMinor, currency, paymentId: of }) => (
            <tr key={id}>
              <td className="quiet">
                {of === paymentId ? (
                  <Moment at={at} />
                ) : (
                  <Link to={`/t/${tenant}/payments/${of}`}>
                    <Moment at={at} />
                  </Link>
                )}
              </td>
              <td>{kinds(kind)}</td>
              <td className="mono">{debit}</td>
              <td className="mono">{credit}</td>
              <td className="number">
                <Amount of={{ amountMinor, currency }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
