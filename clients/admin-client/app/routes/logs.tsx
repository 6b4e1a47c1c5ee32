import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { FormProblem, SelectField, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Filters, NextPage } from '../parts/filters.tsx'
import { found } from '../parts/found.server.ts'
import { LineLevel, lineFields, lineLevels } from '../parts/log-line.tsx'
import { PreciseTime } from '../parts/precise-time.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { ExactTimeFields, exactTimes, RangeField } from '../parts/time-fields.tsx'
import { timeRange } from '../parts/time-range.server.ts'
import { TraceLink } from '../parts/trace-link.tsx'

const perPage = 100

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined
  const [words, service, after] = ['words', 'service', 'after'].map(asked)
  const { from, to } = timeRange(url.searchParams, page.now)
  const level = lineLevels.find((one) => one === asked('level'))
  const query = { words, service, level, from, to, after }
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
  return found(
    page.call(monitoringContract.operations.listLogLines, { query: { limit: perPage, ...given } }),
  )
}

export default function Logs() {
  const { items, next, problem } = useLoaderData<typeof loader>()
  const t = useTranslations('logs')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <LogFilters />
      <FormProblem problem={problem} />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('time')}</th>
                <th scope="col">{t('level')}</th>
                <th scope="col">{t('service')}</th>
                <th scope="col">{t('sentence')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((line, index) => (
                // Lines have no name of their own, and many are the same.
                // biome-ignore lint/suspicious/noArrayIndexKey: a page of them is only ever replaced
                <tr key={index}>
                  <td className="quiet">
                    <TraceLink of={line.traceId}>
                      <PreciseTime at={line.at} />
                    </TraceLink>
                  </td>
                  <td>
                    <LineLevel level={line.level} />
                  </td>
                  <td className="quiet">{line.service}</td>
                  <td className="line">
                    {line.sentence} <span className="quiet mono">{lineFields(line.fields)}</span>
                  </td>
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

function LogFilters() {
  const t = useTranslations('logs')
  const levels = useTranslations('lineLevels')
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <Filters
      names={['service', ...exactTimes]}
      more={
        <>
          <TextField label={t('service')} maxLength={200} {...at('service')} />
          <ExactTimeFields />
        </>
      }
    >
      <TextField label={t('words')} type="search" data-filter maxLength={200} {...at('words')} />
      <SelectField label={t('least')} {...at('level')}>
        {lineLevels.map((one) => (
          <option key={one} value={one}>
            {levels(one)}
          </option>
        ))}
      </SelectField>
      <RangeField />
    </Filters>
  )
}
