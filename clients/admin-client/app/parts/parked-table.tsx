import type { Output } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Moment } from '@prognetwork/ui/moment'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from './may.ts'
import { Scroll } from './scroll.tsx'

type Parked = Output<typeof eventStreamingContract.operations.listDeadLetters>['items'][number]

/** Keys of services whose first event failed. Those that can be chosen stand in a form. */
export function ParkedTable({
  items,
  home,
  isTicked,
}: {
  readonly items: readonly Parked[]
  readonly home: string
  readonly isTicked: boolean
}) {
  const t = useTranslations('deadLetters')
  const may = useMay()
  const canChoose = isTicked && may('event:dead_letter:redrive')
  return (
    <Scroll name={t('title')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('service')}</th>
            <th scope="col">{t('error')}</th>
            <th scope="col" className="number">
              {t('attempts')}
            </th>
            <th scope="col" className="number">
              {t('events')}
            </th>
            {!isTicked && <th scope="col">{t('retryAt')}</th>}
          </tr>
        </thead>
        <tbody>
          {items.map(({ service, key, type, lastError, attempts, events, retryAt }) => (
            <tr key={`${service} ${key}`}>
              <td>
                {canChoose && (
                  <input
                    type="checkbox"
                    className="chooser"
                    name="chosen"
                    value={`${service} ${key}`}
                    aria-label={t('choose', { type, key })}
                  />
                )}
                <Link to={`${home}/${service}/${encodeURIComponent(key)}`} className="mono">
                  {type}
                </Link>
              </td>
              <td>
                <Link to={`?service=${service}`} className="plain">
                  {service}
                </Link>
              </td>
              <td className="told">{lastError.split('\n', 1)[0]}</td>
              <td className="number">{attempts}</td>
              <td className="number">{events}</td>
              {!isTicked && (
                <td className="quiet">
                  <Moment at={retryAt} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
