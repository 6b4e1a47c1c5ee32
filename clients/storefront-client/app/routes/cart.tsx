import { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import { data, Form, Link, redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { findCart, readerOf, readShop, shownCart, speak } from '../shop.server.ts'

const { addCoupon, removeCartLine, removeCoupon, setCartLine } = orderContract.operations

export async function loader({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const [shop, cart] = await Promise.all([readShop(page), shownCart(page, readerOf(request))])
  return { cart, ...describe({ title: `${speak(request).messages.cart.title} – ${shop.name}` }) }
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const cart = await findCart(page)
  if (!cart) return redirect('/cart')
  const form = await request.formData()
  const params = { cartId: cart.id, variantId: String(form.get('variant')) }
  const quantity = Number(form.get('quantity'))
  const coupon = { cartId: cart.id, code: String(form.get('code')).trim().toUpperCase() }
  try {
    const what = form.get('do')
    if (what === 'remove' || (what === 'set' && quantity === 0))
      await page.call(removeCartLine, { params })
    else if (what === 'set') await page.call(setCartLine, { params, body: { quantity } })
    else if (what === 'coupon') await page.call(addCoupon, { params: coupon })
    else if (what === 'no-coupon') await page.call(removeCoupon, { params: coupon })
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem }, { status: problem.status })
  }
  return redirect('/cart')
}

export const meta = metaOf

export default function Cart() {
  const { cart } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('cart')
  if (!cart || (cart.lines.length === 0 && cart.gone.length === 0))
    return (
      <main className="narrow stack">
        <h1>{t('title')}</h1>
        <p>{t('empty')}</p>
        <Link to="/" className="button">
          {t('browse')}
        </Link>
      </main>
    )
  const canOrder = cart.gone.length === 0 && cart.lines.every(({ available }) => available)
  return (
    <main className="sheet stack">
      <h1>{t('title')}</h1>
      <FormProblem problem={answer?.problem} />
      <Lines />
      <Coupons />
      <p className="sum">
        <span>{t('total')}</span> <Amount of={cart.total} />
      </p>
      <p className="quiet">{t('before')}</p>
      {canOrder ? (
        <Link to="/checkout" className="button wide">
          {t('checkout')}
        </Link>
      ) : (
        <p className="notice bad">{t('unfit')}</p>
      )}
    </main>
  )
}

function Lines() {
  const { cart } = useLoaderData<typeof loader>()
  const t = useTranslations('cart')
  return (
    <ul className="lines">
      {cart?.lines.map((line) => (
        <li key={line.variantId}>
          <div>
            <strong>{line.title}</strong>
            <p className="quiet">{line.optionValues.join(', ')}</p>
            {!line.available && <p className="wrong">{t('tooMany')}</p>}
          </div>
          <Form method="post" className="quantity">
            <input type="hidden" name="variant" value={line.variantId} />
            <input
              type="number"
              name="quantity"
              min={0}
              max={1_000}
              // A cart that was changed elsewhere shows what it holds now.
              key={line.quantity}
              defaultValue={line.quantity}
              inputMode="numeric"
              aria-label={t('quantity', { title: line.title })}
            />
            <button type="submit" name="do" value="set" className="link">
              {t('change')}
            </button>
            <button type="submit" name="do" value="remove" className="link">
              {t('remove')} <span className="unseen">{line.title}</span>
            </button>
          </Form>
          {line.total && <Amount of={line.total} />}
        </li>
      ))}
      {cart?.gone.map((variantId) => (
        <li key={variantId}>
          <p className="wrong">{t('gone')}</p>
          <Form method="post">
            <input type="hidden" name="variant" value={variantId} />
            <button type="submit" name="do" value="remove" className="link">
              {t('remove')}
            </button>
          </Form>
        </li>
      ))}
    </ul>
  )
}

function Coupons() {
  const { cart } = useLoaderData<typeof loader>()
  const t = useTranslations('cart')
  return (
    <>
      {cart?.coupons.map((code) => (
        <Form method="post" key={code} className="coupon">
          <input type="hidden" name="code" value={code} />
          <code>{code}</code>
          <button type="submit" name="do" value="no-coupon" className="link">
            {t('remove')} <span className="unseen">{code}</span>
          </button>
        </Form>
      ))}
      <Form method="post" className="coupon">
        <input name="code" maxLength={40} aria-label={t('code')} placeholder={t('code')} required />
        <input type="hidden" name="do" value="coupon" />
        <Submit className="button second">{t('redeem')}</Submit>
      </Form>
    </>
  )
}
