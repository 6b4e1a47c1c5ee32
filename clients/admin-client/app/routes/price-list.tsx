import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  data,
  Form,
  Link,
  redirect,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
  useOutlet,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { ListedPrices } from '../parts/listed-prices.tsx'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { PriceListFields } from '../parts/price-list-fields.tsx'
import { priceListIn } from '../parts/price-list-input.server.ts'
import { PriceListState } from '../parts/price-list-state.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'
import { useLivePage } from '../parts/use-events.ts'

const operations = productContract.operations
const perPage = 50
const mostFound = 20

export async function loader({ context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const priceListId = params.priceListId ?? ''
  const after = url.searchParams.get('after')
  const words = url.searchParams.get('find')?.trim() ?? ''
  const [lists, prices, groups, found] = await Promise.all([
    page.call(operations.listPriceLists, {}),
    page.call(operations.listListedPrices, {
      params: { priceListId },
      query: { limit: perPage, ...(after !== null && { after }) },
    }),
    ifAllowed(page.call(operations.listCustomerGroups, {})),
    words === ''
      ? null
      : ifAllowed(
          page.call(operations.listCatalogue, {
            query: { q: words.slice(0, 200), limit: mostFound },
          }),
        ),
  ])
  const list = lists.items.find(({ id }) => id === priceListId)
  if (!list) throw data(null, { status: 404 })
  return {
    ...{ list, prices, groups: groups?.items ?? [], now: page.now, words },
    found: found?.items.flatMap(({ title, variants }) =>
      variants.map(({ id, sku, optionValues }) => ({ id, title, sku, optionValues })),
    ),
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const byList = { params: { priceListId: params.priceListId ?? '' } }
  try {
    if (typed.do === 'remove') {
      await page.call(operations.removePriceList, byList)
      return redirect(`/t/${params.tenant}/price-lists`)
    }
    await page.call(operations.changePriceList, {
      ...byList,
      body: { version: Number(typed.version), changes: priceListIn(typed) },
    })
    return redirect(url.pathname)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function PriceListPage() {
  const { list, groups, now, ...shown } = useLoaderData<typeof loader>()
  const { problem, typed = {} } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const may = useMay()
  const drawer = useOutlet()
  const isOpen = useLivePage(tenant, 'price_list.*')
  const t = useTranslations('priceList')
  const mayChange = may('product:price_list:update')
  const home = `/t/${tenant}/price-lists`
  return (
    <>
      {!drawer && <title>{list.name}</title>}
      <p>
        <Link to={home}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{list.name}</h1>
        <PriceListState of={list} now={now} />
        <Live isOpen={isOpen} />
      </div>
      <FormProblem problem={problem} />
      <div className="columns">
        <ListedPrices {...shown} mayChange={mayChange} home={`${home}/${list.id}`} />
        <div className="stack">
          <section>
            <h2>{t('heading')}</h2>
            <Form method="post" className="stack" key={list.version}>
              <fieldset className="plain stack" disabled={!mayChange}>
                <PriceListFields {...{ groups, list, typed, problem }} />
                <input type="hidden" name="version" value={list.version} />
                {mayChange && <Submit>{t('save')}</Submit>}
              </fieldset>
            </Form>
          </section>
          {may('product:price_list:delete') && (
            <details>
              <summary>{t('remove')}</summary>
              <Form method="post" className="stack">
                <p className="quiet">{t('removeHint')}</p>
                <input type="hidden" name="do" value="remove" />
                <Submit className="button second">{t('removeNow')}</Submit>
              </Form>
            </details>
          )}
        </div>
      </div>
      {drawer}
    </>
  )
}
