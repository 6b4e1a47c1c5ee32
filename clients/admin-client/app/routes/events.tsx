import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useState } from 'react'
import { Form, useLoaderData, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EventTable } from '../parts/event-table.tsx'
import { Live } from '../parts/live.tsx'
import { useEvents } from '../parts/use-events.ts'

const lookedBackMs = 3_600_000
const shown = 100

/** What has happened within the last hour; what happens from then on comes by the stream. */
export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const types = url.searchParams.get('types')?.trim()
  const from = new Date(Date.parse(page.now) - lookedBackMs).toISOString()
  const { items, cursor } = await page.call(eventStreamingContract.operations.listEvents, {
    query: { from, limit: 1_000, ...(types && { types }) },
  })
  return { before: items.slice(-shown).reverse(), cursor }
}

export default function Events() {
  const { before, cursor } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const types = parameters.get('types') ?? ''
  const { events, isOpen } = useEvents(tenant, { types, from: cursor })
  const [held, setHeld] = useState<typeof events>()
  const t = useTranslations('events')
  const known = new Set(before.map(({ id }) => id))
  const fresh = (held ?? events).filter(({ id }) => !known.has(id))
  const all = [...fresh, ...before]
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen && held === undefined} />
        <button
          type="button"
          className="button second"
          onClick={() => setHeld(held === undefined ? events : undefined)}
        >
          {held === undefined ? t('hold') : t('goOn')}
        </button>
      </div>
      <Form className="filters" role="search">
        <input
          name="types"
          data-filter
          maxLength={2_000}
          key={types}
          defaultValue={types}
          placeholder={t('filter')}
          aria-label={t('filter')}
        />
        <button type="submit" className="button second">
          {t('show')}
        </button>
      </Form>
      {all.length === 0 ? <p className="quiet">{t('none')}</p> : <EventTable events={all} />}
    </>
  )
}
