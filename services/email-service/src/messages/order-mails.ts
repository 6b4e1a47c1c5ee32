// A mail for each thing that becomes of an order. What is heard is a row, in the transaction that
// hears it; what the mail says is written when it is sent, because that takes asking other services.
import type { Context, EventContract } from '@prognetwork/contracts'
import {
  orderCancelled,
  orderContract,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderShipped,
} from '@prognetwork/contracts/order'
import { type ConsumerHandler, on } from '@prognetwork/event-based-service-client'
import { type Call, newId, type RealTime } from '@prognetwork/shared-infrastructure'
import type { Rendering } from '../rendering/rendering.ts'
import type { Senders } from '../senders/senders.ts'
import type { OrderMailName } from '../templates/built-in.ts'
import type { Templates } from '../templates/templates.ts'
import type { Links } from '../tracking/links.ts'
import { causeOf, insertNote, insertOrderMail, type Message } from './messages.store.ts'
import { orderValues } from './order-values.ts'
import type { FindShop } from './shop.ts'

type AboutOrder = EventContract<string, (typeof orderPlaced)['data']>

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
  readonly templates: Templates
  readonly rendering: Rendering
  readonly senders: Senders
  readonly links: Links
  readonly findShop: FindShop
  readonly fromAddress: string
  readonly orderPage: string
  /** There is something to be sent soon, once it is committed. */
  readonly onQueued: () => void
}) {
  const { call, realTime, templates, rendering, senders, links, findShop, onQueued } = parts
  const { describeOrder } = orderContract.operations

  const mailing =
    (template: OrderMailName): ConsumerHandler<AboutOrder> =>
    async (ctx, { id: eventId, data, aggregateVersion = 1 }, tx) => {
      const id = newId()
      const { orderId, accountId } = data
      const cause = causeOf(ctx.trace)
      const [made] = await tx.run(
        insertOrderMail(
          ...([id, template, eventId, orderId, aggregateVersion, accountId] as const),
          ...([cause, ctx.now, realTime.now()] as const),
        ),
      )
      if (!made) return
      await tx.run(insertNote(id, newId(), 'queued', ctx.now, null))
      onQueued()
    }

  return {
    consumers: [
      on(orderPlaced, mailing('order_placed')),
      on(orderPaid, mailing('order_paid')),
      on(orderShipped, mailing('order_shipped')),
      on(orderRefunded, mailing('order_refunded')),
      on(orderCancelled, mailing('order_cancelled')),
    ],

    async write(
      ctx: Context,
      message: Pick<Message, 'id' | 'template' | 'orderVersion'> & { readonly orderId: string },
    ): Promise<Written> {
      const { id, orderId, orderVersion } = message
      const input = { params: { orderId }, query: { version: String(orderVersion ?? 1) } }
      const [order, shop, sender, template] = await Promise.all([
        call(ctx, describeOrder, input, { isBackground: true }),
        findShop(ctx),
        senders.find(ctx, undefined),
        templates.published(ctx, message.template ?? ''),
      ])
      if (!template) throw new Error(`there is no template ${message.template}`)
      const values = orderValues(order, shop, parts.orderPage)
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
