import { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Live } from '../parts/live.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  return page.call(productContract.operations.listCatalogue, {
    query: { limit: perPage, ...(after !== null && { after }) },
  })
}

export default function Products() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'product.*,stock.*')
  const t = useTranslations('products')
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('status')}</th>
                <th scope="col">{t('sku')}</th>
                <th scope="col" className="number">
                  {t('onHand')}
                </th>
                <th scope="col" className="number">
                  {t('reserved')}
                </th>
                <th scope="col" className="number">
                  {t('price')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.flatMap(({ title, status, variants }) =>
                variants.map(({ id, sku, optionValues, stock, prices: [price] }) => (
                  <tr key={id}>
                    <td>{[title, ...optionValues].join(', ')}</td>
                    <td>
                      <span className={`state ${status === 'active' ? 'ok' : 'warn'}`}>
                        {t(`states.${status}`)}
                      </span>
                    </td>
                    <td className="mono">{sku}</td>
                    <td className="number">{stock.onHand}</td>
                    <td className="number">{stock.reserved}</td>
                    <td className="number">{price && <Amount of={price} />}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </Scroll>
      )}
      {next !== null && (
        <Link className="button second" to={`?${new URLSearchParams({ after: next })}`}>
          {t('earlier')}
        </Link>
      )}
    </>
  )
}
