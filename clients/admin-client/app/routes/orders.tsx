import { orderContract } from '@prognetwork/contracts/order'
import { FormProblem, SelectField, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { columnsIn, orderColumns } from '../orders/order-columns.ts'
import { OrderList } from '../orders/order-list.tsx'
import { orderQuery } from '../orders/order-query.server.ts'
import { orderRow } from '../orders/order-row.ts'
import { orderStates } from '../orders/order-states.ts'
import { useOrderRows } from '../orders/use-order-rows.ts'
import { ColumnChoice } from '../parts/column-choice.tsx'
import { Filters, NextPage } from '../parts/filters.tsx'
import { found } from '../parts/found.server.ts'
import { Live } from '../parts/live.tsx'
import { ExactTimeFields, exactTimes, RangeField } from '../parts/time-fields.tsx'
import { useLivePage } from '../parts/use-events.ts'
import { useHasScript } from '../parts/use-has-script.ts'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { items: [], next: null, query: '', problem: undefined }
  const query = orderQuery(url.searchParams, page.now)
  const after = url.searchParams.get('after')
  const { listOrders } = orderContract.operations
  const { items, ...read } = await found(
    page.call(listOrders, {
      query: { ...query, limit: perPage, ...(after !== null && { after }) },
    }),
  )
  const asked = new URLSearchParams(
    Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]),
  )
  return { problem: undefined, ...read, items: items.map(orderRow), query: asked.toString() }
}

export default function Orders() {
  const page = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const isOpen = useLivePage(tenant, 'order.*')
  const t = useTranslations('orders')
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <OrderFilters />
      <FormProblem problem={page.problem} />
      {page.items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Found key={listOf(parameters)} page={page} home={`/t/${tenant}`} />
      )}
    </>
  )
}

/** Which list it is, whatever page of it and with whatever columns: another one begins at its top. */
function listOf(parameters: URLSearchParams): string {
  return [...parameters].filter(([name]) => name !== 'after' && name !== 'columns').join('&')
}

function Found({
  page,
  home,
}: {
  readonly page: Parameters<typeof useOrderRows>[0]
  readonly home: string
}) {
  const t = useTranslations('orders')
  const [parameters] = useSearchParams()
  const { rows, hasMore, isBroken, more } = useOrderRows(page)
  const hasScript = useHasScript()
  const shown = columnsIn(parameters)
  const choice = orderColumns.map((one) => ({
    ...{ name: one.name, label: t(one.name), isShown: shown.includes(one) },
  }))
  return (
    <>
      <div className="tools">
        <ColumnChoice items={choice} />
        <a href={`${home}/orders.csv?${parameters}`} download>
          {t('csv')}
        </a>
      </div>
      <OrderList rows={rows} hasMore={hasMore} home={home} more={() => !isBroken && void more()} />
      {!hasScript && <NextPage next={page.next} />}
      {isBroken && (
        <p className="notice bad" role="alert">
          {t('broken')}{' '}
          <button type="button" className="link" onClick={() => void more()}>
            {t('again')}
          </button>
        </p>
      )}
    </>
  )
}

function OrderFilters() {
  const t = useTranslations('orders')
  const names = useTranslations('orderStates')
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <Filters names={[...exactTimes]} kept={['sort', 'order', 'columns']} more={<ExactTimeFields />}>
      <TextField label={t('find')} type="search" data-filter maxLength={254} {...at('q')} />
      <SelectField label={t('state')} {...at('state')}>
        <option value="">{t('anyState')}</option>
        {orderStates.map((state) => (
          <option key={state} value={state}>
            {names(state)}
          </option>
        ))}
      </SelectField>
      <SelectField label={t('money')} {...at('owed')}>
        <option value="">{t('anyMoney')}</option>
        <option value="true">{t('owed')}</option>
      </SelectField>
      <RangeField />
    </Filters>
  )
}
