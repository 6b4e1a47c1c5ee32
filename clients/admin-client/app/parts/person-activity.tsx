import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { Moment } from '@prognetwork/ui/moment'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'

type Audit = Output<typeof userContract.operations.listAudit>

/** What the audit of the platform says about somebody, the newest first. */
export function PersonActivity({ items, next }: Audit) {
  const t = useTranslations('personActivity')
  return (
    <section>
      <h2>{t('title')}</h2>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('at')}</th>
                <th scope="col">{t('action')}</th>
                <th scope="col">{t('detail')}</th>
                <th scope="col">{t('address')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, action, outcome, detail, address, at }) => (
                <tr key={id}>
                  <td className="quiet">
                    <Moment at={at} />
                  </td>
                  <td>
                    <span className="mono">{action}</span>{' '}
                    {outcome === 'failure' && <span className="state bad">{t('failure')}</span>}
                  </td>
                  <td className="quiet detail">{textOf(detail)}</td>
                  <td className="quiet mono">{address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {next !== null && (
        <p>
          <Link className="button second" to={`?${new URLSearchParams({ after: next })}`}>
            {t('earlier')}
          </Link>
        </p>
      )}
    </section>
  )
}

function textOf(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${[value].flat().join(', ')}`)
    .join('; ')
}
