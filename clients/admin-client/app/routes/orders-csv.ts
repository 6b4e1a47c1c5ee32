import type { Money, Output } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { csvLine } from '../orders/csv.ts'
import { orderQuery } from '../orders/order-query.server.ts'
import { amountText } from '../parts/amount-text.ts'

const { listOrders } = orderContract.operations
type Page = Output<typeof listOrders>

const perPage = 100
const heads = [
  ...['reference', 'state', 'email', 'name', 'country', 'placed_at', 'changed_at'],
  ...['currency', 'total', 'refunded'],
]

/** The orders that the filters of the list find, all of them: read as they are taken, none is held. */
export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const query = orderQuery(url.searchParams, page.now)
  const read = (after: string | undefined) =>
    page.call(listOrders, { query: { ...query, limit: perPage, ...(after && { after }) } })
  // What is refused is refused before anything is sent.
  const first = await read(undefined)
  return new Response(streamOf(linesOf(first, read)), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="orders.csv"',
    },
  })
}

/** Goes on as fast as it is taken, and ends with who takes it. */
function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
}

const amount = ({ amountMinor, currency }: Money) => amountText(amountMinor, currency)

async function* linesOf(
  first: Page,
  read: (after: string) => Promise<Page>,
): AsyncGenerator<string> {
  yield csvLine(heads)
  for (let page = first; ; page = await read(page.next)) {
    yield page.items.map(lineOf).join('')
    if (page.next === null) return
  }
}

function lineOf(order: Page['items'][number]): string {
  const { reference, state, email, shippingAddress, placedAt, updatedAt, total, refunded } = order
  return csvLine([
    ...[reference, state, email, shippingAddress.name, shippingAddress.country],
    ...[placedAt, updatedAt, total.currency, amount(total), amount(refunded)],
  ])
}
