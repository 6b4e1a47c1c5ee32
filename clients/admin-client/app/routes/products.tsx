import { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, SelectField, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams, useSearchParams } from 'react-router'
import { useLocale, useTranslations } from 'use-intl'
import { CatalogueViews } from '../parts/catalogue-views.tsx'
import { type Category, indented, inOrder } from '../parts/category-tree.ts'
import { Filters } from '../parts/filters.tsx'
import { found } from '../parts/found.server.ts'
import { LiveList } from '../parts/live-list.tsx'
import { useMay } from '../parts/may.ts'
import { ProductState } from '../parts/product-state.tsx'

const perPage = 50

const states = ['draft', 'active', 'archived'] as const
const { listCatalogue, listCategories } = productContract.operations

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { searchParams } = url
  const status = states.find((one) => one === searchParams.get('status'))
  const given = ['q', 'category', 'after'].flatMap((name) => {
    const value = searchParams.get(name)
    return value ? [[name, value]] : []
  })
  const [products, categories] = await Promise.all([
    found(
      page.call(listCatalogue, {
        query: {
          limit: perPage,
          ...(status && { status }),
          ...Object.fromEntries(given),
        },
      }),
    ),
    page.call(listCategories, { query: {} }),
  ])
  return { problem: undefined, ...products, categories: categories.items }
}

export default function Products() {
  const { items, next, categories, problem } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const may = useMay()
  const { tenant = '' } = useParams()
  const t = useTranslations('products')
  const home = `/t/${tenant}/products`
  const texts = {
    title: t('title'),
    none: parameters.size > 0 ? t('noneLike') : t('none'),
    earlier: t('earlier'),
  }
  return (
    <LiveList
      texts={texts}
      types="product.*,stock.*"
      isEmpty={items.length === 0}
      next={next}
      filters={
        <>
          <CatalogueViews />
          <ProductFilters categories={categories} />
          <FormProblem problem={problem} />
        </>
      }
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

function ProductFilters({ categories }: { readonly categories: readonly Category[] }) {
  const t = useTranslations('products')
  const locale = useLocale()
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <Filters>
      <TextField label={t('find')} type="search" data-filter maxLength={200} {...at('q')} />
      <SelectField label={t('status')} {...at('status')}>
        <option value="">{t('anyState')}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {t(`states.${state}`)}
          </option>
        ))}
      </SelectField>
      {categories.length > 0 && (
        <SelectField label={t('category')} {...at('category')}>
          <option value="">{t('anyCategory')}</option>
          {inOrder(categories, locale).map((one) => (
            <option key={one.id} value={one.slug}>
              {indented(one)}
            </option>
          ))}
        </SelectField>
      )}
    </Filters>
  )
}
