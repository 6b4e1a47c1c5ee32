import { productContract } from '@prognetwork/contracts/product'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { data, Form, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { currenciesOf } from '../parts/currencies.server.ts'
import { Drawer } from '../parts/drawer.tsx'
import { permissionsOf } from '../parts/permissions.server.ts'
import { type Typed, typedIn } from '../parts/refused.server.ts'
import { refusedVariant } from '../parts/refused-variant.server.ts'
import { StockSection } from '../parts/stock-section.tsx'
import { VariantFields } from '../parts/variant-fields.tsx'
import { variantIn } from '../parts/variant-input.server.ts'

const operations = productContract.operations
const shownAdjustments = 20
type Reason = 'received' | 'counted' | 'damaged' | 'lost' | 'returned' | 'corrected'

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const { productId = '', variantId = '' } = params
  const may = await permissionsOf(page)
  const mayReadStock = may.has('product:stock:read')
  const [product, currencies, stock, adjustments, places] = await Promise.all([
    page.call(operations.readCatalogueProduct, { params: { productId } }),
    currenciesOf(page),
    mayReadStock ? page.call(operations.readStock, { params: { variantId } }) : null,
    mayReadStock
      ? page.call(operations.listAdjustments, {
          params: { variantId },
          query: { limit: shownAdjustments },
        })
      : null,
    mayReadStock ? page.call(operations.listLocations, { query: { limit: 100 } }) : null,
  ])
  const variant = product.variants.find(({ id }) => id === variantId)
  if (!variant) throw data(null, { status: 404 })
  const priced = variant.prices.map(({ currency }) => currency)
  return {
    ...{ variant, stock, title: product.title, options: product.options },
    adjustments: adjustments?.items ?? [],
    places: places?.items.map(({ id, name }) => ({ id, name })) ?? [],
    currencies: [...new Set([...currencies, ...priced])],
    isOnly: product.variants.length === 1,
    mayChange: may.has('product:product:update'),
    mayStock: may.has('product:stock:update'),
    /** What is sent twice is done once. */
    onceKey: crypto.randomUUID(),
  }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const typed = typedIn(await request.formData())
  const byVariant = { params: { variantId: params.variantId ?? '' } }
  const once = typed.key ? { idempotencyKey: typed.key } : {}
  try {
    switch (typed.do) {
      case 'variant':
        await page.call(operations.changeVariant, { ...byVariant, body: variantIn(typed) })
        break
      case 'adjust':
        await page.call(operations.adjustStock, { ...byVariant, body: adjustmentIn(typed) }, once)
        break
      case 'move':
        await page.call(operations.moveStock, { ...byVariant, body: moveIn(typed) }, once)
        break
      case 'threshold':
        await page.call(operations.setThreshold, {
          ...byVariant,
          body: { below: typed.below?.trim() ? Number(typed.below) : null },
        })
        break
      case 'remove':
        await page.call(operations.removeVariant, byVariant)
        return redirect(`/t/${params.tenant}/products/${params.productId}`)
    }
    return redirect(url.pathname)
  } catch (thrown) {
    return refusedVariant(thrown, typed)
  }
}

function adjustmentIn({ as, amount, locationId, reason, note }: Typed) {
  return {
    ...(as === 'onHand' ? { onHand: Number(amount) } : { change: Number(amount) }),
    ...(locationId && { locationId }),
    reason: (reason ?? '') as Reason,
    note: note?.trim() || null,
  }
}

function moveIn({ fromLocationId = '', toLocationId = '', quantity, note }: Typed) {
  return {
    ...{ fromLocationId, toLocationId, quantity: Number(quantity) },
    note: note?.trim() || null,
  }
}

export default function Variant() {
  const shown = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '', productId = '' } = useParams()
  const t = useTranslations('variant')
  const { variant, title, options, currencies, stock, mayChange, isOnly } = shown
  const back = `/t/${tenant}/products/${productId}`
  const { problem, typed = {}, unread = [] } = answer ?? {}
  const own = typed.do === 'variant' ? typed : {}
  return (
    <Drawer title={variant.optionValues.join(', ') || title} back={back}>
      <FormProblem problem={problem} />
      {stock && <StockSection {...{ ...shown, stock, typed, problem }} />}
      <section>
        <h2>{t('heading')}</h2>
        <Form method="post" className="stack">
          <fieldset className="plain stack" disabled={!mayChange}>
            <VariantFields {...{ options, currencies, variant, unread, problem }} typed={own} />
            <input type="hidden" name="do" value="variant" />
            {mayChange && <Submit>{t('save')}</Submit>}
          </fieldset>
        </Form>
      </section>
      {mayChange && !isOnly && (
        <details>
          <summary>{t('remove')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('removeHint')}</p>
            <input type="hidden" name="do" value="remove" />
            <Submit className="button second">{t('removeNow')}</Submit>
          </Form>
        </details>
      )}
    </Drawer>
  )
}
