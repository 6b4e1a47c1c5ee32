import { orderContract } from '@prognetwork/contracts/order'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData } from 'react-router'
import { OrderView } from '../orders/order-view.tsx'
import { describe, metaOf } from '../parts/meta.ts'
import { readShop, speak } from '../shop.server.ts'

export async function loader({ request, params, context }: PageArgs) {
  const page = context.get(pageRequest)
  const key = params.key ?? ''
  const [shop, order] = await Promise.all([
    readShop(page),
    page.call(orderContract.operations.lookUpOrder, { params: { key } }),
  ])
  const { title } = speak(request).messages.order
  return {
    ...{ key, order },
    ...describe({ title: `${title.replace('{reference}', order.reference)} – ${shop.name}` }),
  }
}

export const meta = metaOf

/** The key in the address shows the order to whoever has it: the mail has it too. */
export default function Order() {
  const { key, order } = useLoaderData<typeof loader>()
  return <OrderView order={order} changes={`/api/v1/order-look-ups/${key}/changes`} />
}
