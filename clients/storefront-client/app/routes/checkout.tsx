import type { CallInput, PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { userContract } from '@prognetwork/contracts/user'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { findProblem, problemOf } from '@prognetwork/ui/problem'
import { data, redirect, useActionData, useLoaderData } from 'react-router'
import { CheckoutForm } from '../checkout/checkout-form.tsx'
import { countriesIn, countryOf } from '../checkout/countries.ts'
import { readCheckout } from '../checkout/read-checkout.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { findCart, keptCart, readerOf, readShop, shownCart, speak } from '../shop.server.ts'

const { checkOut, quoteCart } = orderContract.operations
const { createSandboxMethod, listTestCards } = paymentContract.operations
const maxWaits = 10
const waitMs = 300

export async function loader({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = url.searchParams
  const [shop, cart] = await Promise.all([readShop(page), shownCart(page, readerOf(request))])
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
  // Of a cart that was ordered the order is answered again: whoever sent the form twice sees it.
  const cartId = (await findCart(page))?.id ?? keptCart(page)
  if (cartId === undefined) return redirect('/cart')
  try {
    const { method } = await page.call(createSandboxMethod, { body: typed.card })
    const order = await placeOrder(page, {
      ...{ ...typed.order, ...readerOf(request) },
      ...{ cartId, paymentMethod: method },
    })
    return redirect(`/orders/${order.key}`)
  } catch (thrown) {
    const problem = problemOf(thrown)
    // What was typed comes back, but for what belongs to the card.
    return data({ problem, typed: typed.shown }, { status: problem.status })
  }
}

/** Waits for the same form's other sending, if it is under way. */
async function placeOrder(page: PageRequest, body: CallInput<typeof checkOut>['body']) {
  for (let left = maxWaits; ; left--)
    try {
      return await page.call(checkOut, { body })
    } catch (thrown) {
      if (left === 0 || findProblem(thrown)?.code !== 'order.checkout_under_way') throw thrown
      await new Promise((resolve) => setTimeout(resolve, waitMs))
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
