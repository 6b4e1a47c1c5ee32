// A mail for each thing that becomes of an order. What is heard is a row, in the transaction that
// hears it; what the mail says is written when it is sent, because that takes asking other services.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  orderCancelled,
  orderContract,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderReturnApproved,
  orderReturnReceived,
  orderReturnRefunded,
  orderReturnRefused,
  orderShipped,
} from '@prognetwork/contracts/order'
import {
  type EventContext,
  type Lot,
  onLot,
  type ReceivedEvent,
} from '@prognetwork/event-based-service-client'
import { type Call, newId, type RealTime } from '@prognetwork/shared-infrastructure'
import type { Rendering } from '../rendering/rendering.ts'
import { isOrderMail, type OrderMailName } from '../templates/built-in.ts'
import type { Links } from '../tracking/links.ts'
import type { Letterheads } from './letterhead.ts'
import { causeOf, insertOrderMails, type Message } from './messages.store.ts'
import { type AboutMail, orderValues } from './order-values.ts'
import type { FindShop } from './shop.ts'

type AboutOrder =
  | typeof orderPlaced
  | typeof orderPaid
  | typeof orderShipped
  | typeof orderRefunded
  | typeof orderCancelled
  | typeof orderReturnApproved
  | typeof orderReturnRefused
  | typeof orderReturnReceived
  | typeof orderReturnRefunded

/** By what is told. */
const templateOf = {
  'order.placed': 'order_placed',
  'order.paid': 'order_paid',
  'order.shipped': 'order_shipped',
  'order.refunded': 'order_refunded',
  'order.cancelled': 'order_cancelled',
  'order.return_approved': 'return_approved',
  'order.return_refused': 'return_refused',
  'order.return_received': 'return_received',
  'order.return_refunded': 'return_refunded',
} as const satisfies Record<AboutOrder['type'], OrderMailName>

/** What a mail says and who it is from and to. */
export type Written = Pick<Message, 'replyTo' | 'html' | 'links'> & {
  readonly recipient: string
  readonly fromName: string
  readonly fromAddress: string
  readonly subject: string
  readonly body: string
  readonly templateVersion: number
}

export function createOrderMails(parts: {
  readonly call: Call
  readonly realTime: RealTime
  readonly rendering: Rendering
  readonly letterheads: Letterheads
  readonly links: Links
  readonly findShop: FindShop
  readonly fromAddress: string
  readonly orderPage: string
  /** There is something to be sent soon, once it is committed. */
  readonly onQueued: () => void
}) {
  const { call, realTime, rendering, letterheads, links, findShop, onQueued } = parts
  const { describeOrder, describeReturn } = orderContract.operations

  const mailing = async (lot: Lot<AboutOrder>, tx: Transaction): Promise<void> => {
    const dueAt = realTime.now()
    const mails = lot.flatMap(({ ctx, event }) => {
      const told = mailAbout(event)
      return told ? [{ ...told, id: newId(), ...origin(ctx, event), dueAt }] : []
    })
    if (mails.length === 0) return
    const made = await tx.run(insertOrderMails(JSON.stringify(mails)))
    if (made.length > 0) onQueued()
  }

  async function describe(
    ctx: Context,
    message: Pick<Message, 'orderVersion' | 'returnId'> & { readonly orderId: string },
  ): Promise<AboutMail> {
    const { orderId, orderVersion, returnId } = message
    if (returnId !== null)
      return call(ctx, describeReturn, { params: { returnId } }, { isBackground: true })
    const input = { params: { orderId }, query: { version: String(orderVersion ?? 1) } }
    const order = await call(ctx, describeOrder, input, { isBackground: true })
    return { order, return: null }
  }

  return {
    consumers: [
      onLot(orderPlaced, mailing),
      onLot(orderPaid, mailing),
      onLot(orderShipped, mailing),
      onLot(orderRefunded, mailing),
      onLot(orderCancelled, mailing),
      onLot(orderReturnApproved, mailing),
      onLot(orderReturnRefused, mailing),
      onLot(orderReturnReceived, mailing),
      onLot(orderReturnRefunded, mailing),
    ],

    async write(
      ctx: Context,
      message: Pick<Message, 'id' | 'template' | 'orderVersion' | 'returnId'> & {
        readonly orderId: string
      },
    ): Promise<Written> {
      const { id, template: name } = message
      if (name === null || !isOrderMail(name)) throw new Error(`there is no template ${name}`)
      const [about, shop, { sender, template }] = await Promise.all([
        describe(ctx, message),
        findShop(ctx),
        letterheads.find(ctx, name),
      ])
      const { order } = about
      const values = orderValues(about, shop, parts.orderPage)
      const { subject, html, text } = await rendering.fill(template.compiled, values)
      return {
        recipient: order.email,
        fromName: sender?.name ?? shop.displayName,
        fromAddress: sender?.address ?? parts.fromAddress,
        replyTo: sender?.replyTo ?? shop.supportEmail,
        ...{ subject, body: text, templateVersion: template.version },
        ...links.track(html, ctx.scope.tenantId, id),
      }
    },
  }
}

export type OrderMails = ReturnType<typeof createOrderMails>

/** Which mail says it, and of which version of the order; an order that is paid at once has one. */
function mailAbout({ type, data, aggregateVersion = 1 }: ReceivedEvent<AboutOrder>) {
  const { orderId, accountId } = data
  const paidAtOnce = 'paidAtOnce' in data && data.paidAtOnce
  if (type === 'order.paid' && paidAtOnce) return undefined
  // Its version is that of the return; the order is shown as it is.
  if ('returnId' in data)
    return { ...{ template: templateOf[type], orderId, accountId }, ...returnOf(data) }
  const isPaidToo = type === 'order.placed' && paidAtOnce
  const orderVersion = isPaidToo ? aggregateVersion + 1 : aggregateVersion
  return { template: templateOf[type], orderId, orderVersion, returnId: null, accountId }
}

function returnOf({ returnId }: { readonly returnId: string }) {
  return { returnId, orderVersion: null }
}

function origin({ trace, now }: EventContext, { id }: ReceivedEvent<AboutOrder>) {
  return { eventId: id, trace: causeOf(trace), createdAt: now }
}
