import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { type findProblem, problemOf } from '@prognetwork/ui/problem'
import { data, redirect, useActionData, useLoaderData } from 'react-router'
import { CheckoutForm } from '../checkout/checkout-form.tsx'
import { countriesIn, countryOf } from '../checkout/countries.ts'
import { readCheckout } from '../checkout/read-checkout.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { findCart, readShop, speak } from '../shop.server.ts'

const { checkOut, quoteCart } = orderContract.operations
const { createSandboxMethod, listTestCards } = paymentContract.operations

export async function loader({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = url.searchParams
  const [shop, cart] = await Promise.all([readShop(page), findCart(page)])
  if (!cart || cart.lines.length === 0) throw redirect('/cart')
  const country = countryOf(asked.get('country'), request.headers.get('accept-language'))
  const shippingMethodId = asked.get('shipping')
  const { language, messages } = speak(request)
  const [quoted, { items: cards }, profile] = await Promise.all([
    page
      .call(quoteCart, {
        params: { cartId: cart.id },
        body: { country, ...(shippingMethodId && { shippingMethodId }) },
      })
      .then((quote) => ({ quote, problem: undefined }))
      .catch((thrown) => ({ quote: undefined, problem: problemOf(thrown) })),
    page.call(listTestCards, {}),
    page.person && page.call(userContract.operations.readProfile, {}),
  ])
  return {
    ...{ country, cards, countries: countriesIn(language) },
    ...quoted,
    email: profile?.email ?? '',
    name: profile?.displayName ?? '',
    ...describe({ title: `${messages.checkout.title} – ${shop.name}` }),
  }
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const typed = readCheckout(form)
  const cart = await findCart(page)
  if (!cart) return redirect('/cart')
  try {
    const { method } = await page.call(createSandboxMethod, { body: typed.card })
    const order = await page.call(checkOut, {
      body: { ...typed.order, cartId: cart.id, paymentMethod: method },
    })
    return redirect(`/orders/${order.key}`)
  } catch (thrown) {
    const problem = problemOf(thrown)
    // What was typed comes back, but for what belongs to the card.
    return data({ problem, typed: typed.shown }, { status: problem.status })
  }
}

export const meta = metaOf

export default function Checkout() {
  const offered = useLoaderData<typeof loader>()
  const refused = useActionData<typeof action>()
  return <CheckoutForm offered={offered} refused={refused} />
}

export type Offered = Awaited<ReturnType<typeof loader>>
export type Refused = {
  readonly problem: NonNullable<ReturnType<typeof findProblem>>
  readonly typed: ReturnType<typeof readCheckout>['shown']
}
