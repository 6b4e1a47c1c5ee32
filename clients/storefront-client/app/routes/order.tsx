import { orderContract } from '@prognetwork/contracts/order'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useActionData, useLoaderData } from 'react-router'
import { askForReturn } from '../orders/ask-return.server.ts'
import { OrderView } from '../orders/order-view.tsx'
import { describe, metaOf } from '../parts/meta.ts'
import { readShop, speak } from '../shop.server.ts'

const { lookUpOrder, lookUpReturns } = orderContract.operations

export async function loader({ request, params, context }: PageArgs) {
  const page = context.get(pageRequest)
  const key = params.key ?? ''
  const [shop, order, { items }] = await Promise.all([
    readShop(page),
    page.call(lookUpOrder, { params: { key } }),
    page.call(lookUpReturns, { params: { key } }),
  ])
  const { title } = speak(request).messages.order
  return {
    ...{ key, order, returns: { items, nextId: crypto.randomUUID() } },
    ...describe({ title: `${title.replace('{reference}', order.reference)} – ${shop.name}` }),
  }
}

export async function action({ request, params, context }: PageArgs) {
  const key = params.key ?? ''
  return askForReturn(
    context.get(pageRequest),
    await request.formData(),
    { key },
    `/orders/${encodeURIComponent(key)}#returns`,
  )
}

export const meta = metaOf

/** The key in the address shows the order to whoever has it: the mail has it too. */
export default function Order() {
  const { key, order, returns } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const changes = `/api/v1/order-look-ups/${key}/changes`
  return <OrderView {...{ order, changes, returns, answer }} />
}
