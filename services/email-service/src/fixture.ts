import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { Messages } from './messages/messages.ts'
import type { Senders } from './senders/senders.ts'
import type { Suppressions } from './suppressions/suppressions.ts'
import type { Templates } from './templates/templates.ts'

/** A mail from a sender of the tenant's own, made of a template of its own. */
export function createFixture(parts: {
  readonly messages: Messages
  readonly senders: Senders
  readonly suppressions: Suppressions
  readonly templates: Templates
}): Fixture {
  const { messages, senders, suppressions, templates } = parts
  return async (ctx, { marker }) => {
    const address = `${marker.toLowerCase()}@example.net`
    const sender = await senders.handlers.createSender(ctx, {
      body: { name: marker, address: null, replyTo: address, isDefault: true },
    })
    await suppressions.handlers.addSuppression(ctx, { body: { address } })
    const params = { name: 'order_placed' }
    const { version } = await templates.handlers.saveDraft(ctx, {
      params,
      body: {
        subject: `${marker} {{ order.reference }}`,
        mjml: `<mjml><mj-body><mj-raw>${marker}</mj-raw></mj-body></mjml>`,
        text: marker,
        draft: null,
      },
    })
    await templates.handlers.publishTemplate(ctx, { params, body: { version } })
    const { id } = await messages.handlers.sendMessage(ctx, {
      body: {
        to: address,
        senderId: sender.id,
        subject: marker,
        text: marker,
        html: `<p>${marker}</p>`,
        attachments: [{ filename: `${marker}.txt`, mediaType: 'text/plain', content: 'YQ==' }],
        tracked: true,
      },
    })
    return { sender: sender.id, message: id }
  }
}
