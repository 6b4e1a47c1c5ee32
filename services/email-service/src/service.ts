import {
  emailBounced,
  emailClicked,
  emailComplained,
  emailContract,
  emailDelivered,
  emailFailed,
  emailOpened,
  emailSent,
} from '@prognetwork/contracts/email'
import {
  orderCancelled,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderReturnApproved,
  orderReturnReceived,
  orderReturnRefunded,
  orderReturnRefused,
  orderShipped,
} from '@prognetwork/contracts/order'
import { subjectErased } from '@prognetwork/contracts/user'
import { defineService } from '@prognetwork/shared-infrastructure'
import { createBounces } from './bounces/bounces.ts'
import { emailKeys } from './configuration.ts'
import { createFixture } from './fixture.ts'
import { erasure } from './messages/erasure.ts'
import { createLetterheads } from './messages/letterhead.ts'
import { createMessages } from './messages/messages.ts'
import { createOrderMails } from './messages/order-mails.ts'
import { createShops } from './messages/shop.ts'
import { createRendering } from './rendering/rendering.ts'
import { createSenders } from './senders/senders.ts'
import { createAttempt } from './sending/attempt.ts'
import { type Sender, startSender } from './sending/sender.ts'
import { createSuppressions } from './suppressions/suppressions.ts'
import { createTemplates } from './templates/templates.ts'
import { createLinks } from './tracking/links.ts'
import { createTracking } from './tracking/tracking.ts'
import { openTransport } from './transports/open-transport.ts'

export default defineService({
  name: 'email-service',
  port: 3003,
  summary: 'Mails: what they are made of, their sending, and what becomes of them',
  config: emailKeys,
  contract: emailContract,
  publishes: [
    ...[emailBounced, emailClicked, emailComplained, emailDelivered],
    ...[emailFailed, emailOpened, emailSent],
  ],
  consumes: [
    ...[orderCancelled, orderPaid, orderPlaced, orderRefunded, orderShipped],
    ...[orderReturnApproved, orderReturnReceived, orderReturnRefunded, orderReturnRefused],
    subjectErased,
  ],
  needs: ['tenant-service', 'order-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'message', role: 'platform', reason: 'what is due is found in every tenant' },
    ],
    personalData: [
      {
        table: 'message',
        columns: ['recipient', 'subject', 'body', 'html', 'links', 'error'],
        subject: 'account_id',
        rule: 'erase',
      },
      { table: 'attachment', columns: ['filename', 'content'], rule: 'erase' },
      { table: 'message_note', columns: ['detail'], rule: 'erase' },
      { table: 'template_version', columns: 'none' },
      {
        table: 'sender',
        columns: ['name', 'address', 'reply_to'],
        rule: { keep: 'it is who a business writes as, and is changed by the business' },
      },
      { table: 'suppression', columns: ['address'], rule: 'erase' },
    ],
  },
  start(parts) {
    const { config } = parts
    let sender: Sender | undefined
    const rendering = createRendering()
    const transport = openTransport(config)
    const onChanged = (tenantId: string) => letterheads.forget(tenantId)
    const senders = createSenders({ ...parts, onChanged })
    const suppressions = createSuppressions(parts)
    const templates = createTemplates({ ...parts, rendering, onChanged })
    const letterheads = createLetterheads({ senders, templates })
    const shared = {
      ...{ ...parts, templates, rendering, senders, suppressions },
      links: createLinks(parts),
      findShop: createShops(parts),
      ...{ fromAddress: config.fromAddress, orderPage: config.orderPage },
    }
    const onQueued = () => sender?.expect()
    const orderMails = createOrderMails({ ...shared, letterheads, onQueued })
    const messages = createMessages({ ...shared, onQueued: () => sender?.look() })
    return {
      handlers: {
        ...messages.handlers,
        ...templates.handlers,
        ...senders.handlers,
        ...suppressions.handlers,
        ...createTracking(shared).handlers,
        ...createBounces({ ...shared, sendgridEventKey: config.sendgridEventKey }).handlers,
      },
      consumers: [...orderMails.consumers, erasure],
      figures: [
        {
          name: 'mail_sending',
          unit: 'deliveries',
          help: 'Mails that this process is sending at the moment',
          read: () => sender?.sendingCount() ?? 0,
        },
      ],
      fixture: createFixture({ messages, senders, suppressions, templates }),
      async ready(ctx) {
        const attempt = createAttempt({ ...shared, orderMails, transport })
        const sendMs = config.sendSeconds * 1_000
        const { atOncePerTenant } = transport
        sender = startSender({ ...parts, ctx, sendMs, atOncePerTenant, attempt })
        return []
      },
      async close() {
        await sender?.stop()
        await transport.close()
        await rendering.close()
      },
    }
  },
})
