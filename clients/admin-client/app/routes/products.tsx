import { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { LiveList } from '../parts/live-list.tsx'
import { useMay } from '../parts/may.ts'
import { ProductState } from '../parts/product-state.tsx'

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
  const may = useMay()
  const { tenant = '' } = useParams()
  const t = useTranslations('products')
  const home = `/t/${tenant}/products`
  const texts = { title: t('title'), none: t('none'), earlier: t('earlier') }
  return (
    <LiveList
      texts={texts}
      types="product.*,stock.*"
      isEmpty={items.length === 0}
      next={next}
      actions={
        <span className="ends">
          {(may('product:product:import') || may('product:product:export')) && (
            <Link className="button second" to={`${home}/lists`} prefetch="intent">
              {t('lists')}
            </Link>
          )}
          {may('product:product:create') && (
            <Link className="button" to={`${home}/new`} prefetch="intent">
              {t('new')}
            </Link>
          )}
        </span>
      }
    >
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
          {items.flatMap(({ id: productId, title, status, variants }) =>
            variants.map(({ id, sku, optionValues, stock, prices: [price] }) => (
              <tr key={id}>
                <td>
                  <Link to={`${home}/${productId}`} prefetch="intent">
                    {[title, ...optionValues].join(', ')}
                  </Link>
                </td>
                <td>
                  <ProductState state={status} />
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
    </LiveList>
  )
}
