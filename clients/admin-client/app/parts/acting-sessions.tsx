import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { Moment } from '@prognetwork/ui/moment'
import { useTranslations } from 'use-intl'
import { RowAction } from './row-action.tsx'
import { Scroll } from './scroll.tsx'

type ActingSession = Output<typeof userContract.operations.listActingSessions>['items'][number]

/** Who is at work for the tenant now; operators with the reason they gave. */
export function ActingSessions({
  items,
  home,
  mayEnd,
}: {
  readonly items: readonly ActingSession[]
  readonly home: string
  readonly mayEnd: boolean
}) {
  const t = useTranslations('actingSessions')
  return (
    <section>
      <h2>{t('title')}</h2>
      {items.length === 0 && <p className="quiet">{t('none')}</p>}
      {items.length > 0 && (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('standing')}</th>
                <th scope="col">{t('since')}</th>
                <th scope="col">{t('until')}</th>
                {mayEnd && <th scope="col">{t('actions')}</th>}
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, displayName, standing, reason, createdAt, expiresAt }) => (
                <tr key={id}>
                  <td>{displayName}</td>
                  <td>
                    {t(standing)} {reason !== null && <span className="quiet">{reason}</span>}
                  </td>
                  <td className="quiet">
                    <Moment at={createdAt} />
                  </td>
                  <td className="quiet">
                    <Moment at={expiresAt} />
                  </td>
                  {mayEnd && (
                    <td>
                      <RowAction {...{ home, id }} what="end" name={t('end')} sure={t('endNow')} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
