import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  data,
  Form,
  redirect,
  useActionData,
  useLoaderData,
  useLocation,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { amountText } from '../parts/amount-text.ts'
import { currenciesOf } from '../parts/currencies.server.ts'
import { Drawer } from '../parts/drawer.tsx'
import { HoldingPrices } from '../parts/holding-prices.tsx'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { useMay } from '../parts/may.ts'
import { typedIn } from '../parts/refused.server.ts'
import { refusedVariant } from '../parts/refused-variant.server.ts'
import { variantIn } from '../parts/variant-input.server.ts'

const operations = productContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const { priceListId = '', variantId = '' } = params
  const [variant, currencies, lists, groups] = await Promise.all([
    page.call(operations.readVariantPrices, { params: { variantId } }),
    currenciesOf(page),
    page.call(operations.listPriceLists, {}),
    ifAllowed(page.call(operations.listCustomerGroups, {})),
  ])
  const list = lists.items.find(({ id }) => id === priceListId)
  if (!list) throw data(null, { status: 404 })
  const listed = variant.listed.filter((one) => one.priceListId === priceListId)
  const known = [...variant.own, ...listed.map(({ price }) => price)]
  return {
    ...{ variant, list, lists: lists.items, groups: groups?.items ?? [] },
    listed: listed.map(({ price }) => price),
    currencies: [...new Set([...currencies, ...known.map(({ currency }) => currency)])],
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const { priceListId = '', variantId = '' } = params
  try {
    const prices = variantIn(typed).prices.map(({ amountMinor, currency }) => ({
      ...{ amountMinor, currency },
    }))
    await page.call(operations.setListedPrice, {
      params: { priceListId, variantId },
      body: { prices },
    })
    return redirect(`${url.pathname}${url.search}`)
  } catch (thrown) {
    return refusedVariant(thrown, typed)
  }
}

export default function ListedPrice() {
  const { variant, list, listed, lists, groups, currencies } = useLoaderData<typeof loader>()
  const { problem, typed = {}, unread = [] } = useActionData<typeof action>() ?? {}
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const mayChange = useMay()('product:price_list:update')
  const t = useTranslations('listedPrice')
  const amount = (prices: readonly { amountMinor: number; currency: string }[], of: string) => {
    const price = prices.find(({ currency }) => currency === of)
    return price && amountText(price.amountMinor, of)
  }
  return (
    <Drawer
      title={[variant.title, ...variant.optionValues].join(', ')}
      back={`/t/${tenant}/price-lists/${list.id}${search}`}
    >
      <FormProblem problem={problem} />
      <Form method="post" className="stack" key={`${variant.variantId} ${list.version}`}>
        <fieldset className="plain stack" disabled={!mayChange}>
          {currencies.map((currency) => {
            const name = `price-${currency}`
            const own = amount(variant.own, currency)
            return (
              <TextField
                key={currency}
                label={t('price', { currency })}
                hint={own === undefined ? t('unpriced') : t('normally', { amount: own })}
                name={name}
                inputMode="decimal"
                maxLength={20}
                defaultValue={typed[name] ?? amount(listed, currency)}
                wrong={unread.includes(name) ? t('amountWrong') : undefined}
              />
            )
          })}
          {mayChange && (
            <>
              <p className="hint">{t('hint')}</p>
              <Submit>{t('save')}</Submit>
            </>
          )}
        </fieldset>
      </Form>
      <HoldingPrices holding={variant.holding} {...{ groups, lists }} />
    </Drawer>
  )
}
