import { Link, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'
import type { StreamedEvent } from './use-events.ts'

export function EventTable({ events }: { readonly events: readonly StreamedEvent[] }) {
  const { tenant = '' } = useParams()
  const t = useTranslations('events')
  return (
    <Scroll name={t('title')}>
      <table className="mono">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('source')}</th>
            <th scope="col">{t('subject')}</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ id, time, type, source, subject, cursor }) => (
            <tr key={id}>
              <td className="quiet">
                <Link to={`/t/${tenant}/events/${cursor}`}>{time.slice(11, 23)}</Link>
              </td>
              <td>{type}</td>
              <td className="quiet">{source}</td>
              <td className="quiet">{subject}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
