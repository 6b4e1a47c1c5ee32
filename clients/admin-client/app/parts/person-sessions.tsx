import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { Submit } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { RowAction } from './row-action.tsx'
import { Scroll } from './scroll.tsx'

type Session = Output<typeof userContract.operations.listAccountSessions>['items'][number]

/** Where somebody is signed in, with which device, and how to end that. */
export function PersonSessions({
  items,
  accountId,
  mayEnd,
}: {
  readonly items: readonly Session[]
  readonly accountId: string
  readonly mayEnd: boolean
}) {
  const t = useTranslations('personSessions')
  const clients = useTranslations('clientNames')
  const home = `/people/${accountId}`
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
                <th scope="col">{t('device')}</th>
                <th scope="col">{t('where')}</th>
                <th scope="col">{t('used')}</th>
                {mayEnd && <th scope="col">{t('actions')}</th>}
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, client, userAgent, address, lastUsedAt, current }) => (
                <tr key={id}>
                  <td>
                    <span title={userAgent ?? undefined}>
                      {deviceIn(userAgent) ?? t('unknown')}
                    </span>
                    {current && <span className="quiet"> {t('current')}</span>}
                  </td>
                  <td>
                    {client === null ? t('token') : clients(client)}{' '}
                    <span className="quiet mono">{address}</span>
                  </td>
                  <td className="quiet">
                    <Moment at={lastUsedAt} />
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
      {mayEnd && items.length > 1 && (
        <details>
          <summary>{t('endAll')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('endAllHint')}</p>
            <input type="hidden" name="do" value="end-all" />
            <div>
              <Submit className="button second">{t('endAllNow')}</Submit>
            </div>
          </Form>
        </details>
      )}
    </section>
  )
}

const browsers = [/Edg\/\d+/, /Firefox\/\d+/, /Chrome\/\d+/, /Version\/\d+.*Safari/] as const
const browserNames = ['Edge', 'Firefox', 'Chrome', 'Safari'] as const
const systems = /Android|iPhone|iPad|Windows|Mac OS X|Linux/

/** What the browser says of itself, in two words; anything else as it is, but short. */
function deviceIn(userAgent: string | null): string | undefined {
  if (!userAgent) return undefined
  const found = browsers.findIndex((one) => one.test(userAgent))
  const system = systems.exec(userAgent)?.[0]
  if (found === -1) return userAgent.slice(0, 40)
  return [browserNames[found], system].filter(Boolean).join(', ')
}
