import { orderContract } from '@prognetwork/contracts/order'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, Link, useLoaderData, useParams, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Live } from '../parts/live.tsx'
import { OrderTable } from '../parts/order-table.tsx'
import { useLivePage } from '../parts/use-events.ts'

const perPage = 50
const states = ['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered'] as const

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { items: [], next: null }
  const asked = url.searchParams
  const words = asked.get('q')?.trim() ?? ''
  const after = asked.get('after')
  const state = states.find((one) => one === asked.get('state'))
  // What holds an @ is an address; people call orders by their reference, in capitals.
  const found = words.includes('@') ? { email: words } : { reference: words.toUpperCase() }
  return page.call(orderContract.operations.listOrders, {
    query: {
      limit: perPage,
      ...(words !== '' && found),
      ...(state && { state }),
      ...(after !== null && { after }),
    },
  })
}

export default function Orders() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const isOpen = useLivePage(tenant, 'order.*')
  const t = useTranslations('orders')
  const names = useTranslations('orderStates')
  const later = new URLSearchParams(parameters)
  if (next !== null) later.set('after', next)
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <Form className="filters" role="search">
        <input
          type="search"
          name="q"
          data-filter
          maxLength={254}
          key={parameters.get('q')}
          defaultValue={parameters.get('q') ?? ''}
          placeholder={t('find')}
          aria-label={t('find')}
        />
        <select name="state" defaultValue={parameters.get('state') ?? ''} aria-label={t('state')}>
          <option value="">{t('anyState')}</option>
          {states.map((state) => (
            <option key={state} value={state}>
              {names(state)}
            </option>
          ))}
        </select>
        <button type="submit" className="button second">
          {t('show')}
        </button>
      </Form>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <OrderTable items={items} home={`/t/${tenant}`} />
      )}
      {next !== null && (
        <Link className="button second" to={`?${later}`}>
          {t('earlier')}
        </Link>
      )}
    </>
  )
}
