import { memo } from 'react'
import { useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { usePlainLinks } from './plain-links.ts'
import { Scroll } from './scroll.tsx'
import type { StreamedEvent } from './use-events.ts'

export function EventTable({ events }: { readonly events: readonly StreamedEvent[] }) {
  const { tenant = '' } = useParams()
  const t = useTranslations('events')
  const follow = usePlainLinks()
  return (
    <Scroll name={t('title')}>
      <table className="mono passing">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('source')}</th>
            <th scope="col">{t('subject')}</th>
          </tr>
        </thead>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: clicks of the links in it, which keys make as well */}
        <tbody onClick={follow}>
          {events.map((event) => (
            <Row key={event.id} event={event} home={`/t/${tenant}/events`} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const Row = memo(function Row({
  event: { time, type, source, subject, cursor },
  home,
}: {
  readonly event: StreamedEvent
  readonly home: string
}) {
  return (
    <tr>
      <td className="quiet">
        <a href={`${home}/${cursor}`}>{time.slice(5, 23).replace('T', ' ')}</a>
      </td>
      <td>{type}</td>
      <td className="quiet">{source}</td>
      <td className="quiet">{subject}</td>
    </tr>
  )
})
