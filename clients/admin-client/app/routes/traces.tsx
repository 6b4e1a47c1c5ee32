import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { FormProblem, SelectField, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Duration } from '../parts/duration.tsx'
import { Filters, NextPage } from '../parts/filters.tsx'
import { found } from '../parts/found.server.ts'
import { PreciseTime } from '../parts/precise-time.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { SpanState, spanStates } from '../parts/span-state.tsx'
import { ExactTimeFields, exactTimes, RangeField } from '../parts/time-fields.tsx'
import { timeRange } from '../parts/time-range.server.ts'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined
  const [object, service, operation, minDurationMs, after] = [
    ...['object', 'service', 'operation', 'least', 'after'].map(asked),
  ]
  const { from, to } = timeRange(url.searchParams, page.now)
  const status = spanStates.find((one) => one === asked('status'))
  const query = { object, service, operation, minDurationMs, status, from, to, after }
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
  return found(
    page.call(monitoringContract.operations.listTraces, { query: { limit: perPage, ...given } }),
  )
}

export default function Traces() {
  const { items, next, problem } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('traces')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <TraceFilters />
      <FormProblem problem={problem} />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('operation')}</th>
                <th scope="col">{t('status')}</th>
                <th scope="col">{t('started')}</th>
                <th scope="col" className="number">
                  {t('duration')}
                </th>
                <th scope="col" className="number">
                  {t('spans')}
                </th>
                <th scope="col">{t('services')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.traceId}>
                  <td>
                    <Link
                      to={`/t/${tenant}/traces/${one.traceId}`}
                      className="mono"
                      prefetch="intent"
                    >
                      {one.operation}
                    </Link>
                  </td>
                  <td>
                    <SpanState state={one.status} />
                  </td>
                  <td className="quiet">
                    <PreciseTime at={one.startedAt} />
                  </td>
                  <td className="number">
                    <Duration us={one.durationUs} />
                  </td>
                  <td className="number">{one.spanCount}</td>
                  <td className="quiet told">{one.services.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NextPage next={next} />
    </>
  )
}

function TraceFilters() {
  const t = useTranslations('traces')
  const states = useTranslations('spanStates')
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <Filters
      names={['service', 'least', ...exactTimes]}
      more={
        <>
          <TextField label={t('service')} maxLength={200} {...at('service')} />
          <TextField label={t('least')} type="number" min={0} max={86_400_000} {...at('least')} />
          <ExactTimeFields />
        </>
      }
    >
      <TextField
        label={t('object')}
        placeholder={t('objectSuch')}
        data-filter
        maxLength={200}
        {...at('object')}
      />
      <TextField label={t('operation')} maxLength={200} {...at('operation')} />
      <SelectField label={t('status')} {...at('status')}>
        <option value="">{t('anyStatus')}</option>
        {spanStates.map((one) => (
          <option key={one} value={one}>
            {states(one)}
          </option>
        ))}
      </SelectField>
      <RangeField />
    </Filters>
  )
}
