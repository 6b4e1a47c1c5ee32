// Mails that somebody asks for, and all mails as they are looked at.
import type { Context, Output, Statement } from '@prognetwork/contracts'
import {
  dataUnfit,
  type emailContract,
  messageMissing,
  templateMissing,
} from '@prognetwork/contracts/email'
import {
  type Audit,
  type Database,
  type Handlers,
  listPage,
  newId,
  Problem,
  type RealTime,
  readCursor,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Fault } from '../rendering/job.ts'
import type { Rendering } from '../rendering/rendering.ts'
import type { Senders } from '../senders/senders.ts'
import type { Suppressions } from '../suppressions/suppressions.ts'
import type { Values } from '../tables.ts'
import { type Templates, usable } from '../templates/templates.ts'
import type { Links } from '../tracking/links.ts'
import {
  causeOf,
  findMessage,
  insertAttachment,
  insertMessage,
  insertNote,
  listAttachments,
  listMessagesOf,
  listNotes,
  type Message,
} from './messages.store.ts'
import { outgoingOf, sourceOf } from './mime.ts'
import type { FindShop } from './shop.ts'

type EmailHandlers = Handlers<typeof emailContract>
type Operations = typeof emailContract.operations
type Shown = Output<Operations['sendMessage']>
type Whole = Output<Operations['readMessage']>

/** What a mail is to say; of a template, or as it stands. */
interface Content {
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly template: { readonly name: string; readonly version: number } | null
}

export function createMessages(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly realTime: RealTime
  readonly templates: Templates
  readonly rendering: Rendering
  readonly senders: Senders
  readonly suppressions: Suppressions
  readonly links: Links
  readonly findShop: FindShop
  readonly fromAddress: string
  readonly onQueued: () => void
}) {
  const { db, audit, realTime, templates, rendering, senders, suppressions, links } = parts

  async function compose(
    ctx: Context,
    to: string,
    content: Content,
    options: { readonly senderId?: string | undefined; readonly isTracked: boolean },
  ): Promise<Message> {
    const id = newId()
    const [sender, shop, isSuppressed] = await Promise.all([
      senders.find(ctx, options.senderId),
      parts.findShop(ctx),
      suppressions.isSuppressed(ctx, to),
    ])
    const { subject, text, html, template } = content
    const led =
      options.isTracked && html !== null
        ? links.track(html, ctx.scope.tenantId, id)
        : { html, links: [] }
    return {
      ...{ id, recipient: to, subject, body: text, ...led, tracked: options.isTracked },
      state: isSuppressed ? 'suppressed' : 'queued',
      error: isSuppressed ? 'Nothing is sent to this address' : null,
      fromName: sender?.name ?? shop.displayName,
      fromAddress: sender?.address ?? parts.fromAddress,
      replyTo: sender ? sender.replyTo : shop.supportEmail,
      template: template?.name ?? null,
      templateVersion: template?.version ?? null,
      ...{ eventId: null, orderId: null, orderVersion: null, returnId: null, accountId: null },
      trace: causeOf(ctx.trace),
      ...{ opens: 0, clicks: 0, providerId: null, attempts: 0, lease: null },
      dueAt: isSuppressed ? null : realTime.now(),
      ...{ createdAt: ctx.now, sentAt: null },
    }
  }

  const kept = (ctx: Context, message: Message): Statement[] => [
    insertMessage(JSON.stringify(message)),
    insertNote(message.id, newId(), message.state, ctx.now, message.error),
    audit(ctx, {
      action: 'message.asked_for',
      outcome: 'success',
      resource: `message/${message.id}`,
      detail: { template: message.template },
    }),
  ]

  async function filledIn(ctx: Context, name: string, data: Values): Promise<Content> {
    const template = await templates.published(ctx, name)
    if (!template) throw new Problem(templateMissing, 'Publish a version of it first')
    const { version, compiled } = template
    const filled = await usable(rendering.fill(compiled, data, { isStrict: true }), unfit)
    return { ...filled, template: { name, version } }
  }

  const send: EmailHandlers['sendMessage'] = async (ctx, { body }) => {
    const { to, senderId, template, data = {}, subject = '', text = '', html = null } = body
    const content =
      template === undefined
        ? { subject, text, html, template: null }
        : await filledIn(ctx, template, data)
    const message = await compose(ctx, to, content, { senderId, isTracked: body.tracked })
    const answer = shown(message)
    await db.batch(ctx, [
      ...kept(ctx, message),
      ...body.attachments.map((one, place) => {
        const content = Buffer.from(one.content, 'base64')
        return insertAttachment(message.id, place, one.filename, one.mediaType, content)
      }),
      ctx.answer(answer),
    ])
    parts.onQueued()
    return answer
  }

  const sendTest: EmailHandlers['testTemplate'] = async (ctx, { params, body }) => {
    const { name, version, compiled, sample } = await templates.versionOf(
      ...([ctx, params.name, body.version] as const),
    )
    // It was filled in with its sample when it was saved.
    const filled = await usable(rendering.fill(compiled, sample), () => {
      throw new Unavailable('the rendering of templates')
    })
    const content = { ...filled, template: { name, version } }
    const message = await compose(ctx, body.to, content, { isTracked: false })
    const answer = { messageId: message.id, state: message.state }
    await db.batch(ctx, [...kept(ctx, message), ctx.answer(answer)])
    parts.onQueued()
    return answer
  }

  const list: EmailHandlers['listMessages'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { to = null, orderId = null, state = null, limit } = query
    const rows = await db.read(ctx, listMessagesOf(to, orderId, state, before, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [row.id])
    return { items: items.map(shown), next }
  }

  const read: EmailHandlers['readMessage'] = async (ctx, { params }): Promise<Whole> => {
    const id = params.messageId
    const [[message], attachments, timeline] = await db.readAll(ctx, [
      findMessage(id),
      listAttachments(id),
      listNotes(id),
    ])
    if (!message) throw new Problem(messageMissing, 'Look at the list of messages')
    const mail = outgoingOf(ctx.scope.tenantId, message, attachments)
    return {
      ...shown(message),
      ...{ replyTo: message.replyTo, text: message.body, html: message.html },
      source: mail ? (await sourceOf(mail)).toString('utf8') : null,
      attachments: attachments.map(({ filename, mediaType, content }) => ({
        ...{ filename, mediaType, sizeBytes: content.length },
      })),
      timeline,
    }
  }

  return {
    handlers: { sendMessage: send, testTemplate: sendTest, listMessages: list, readMessage: read },
  }
}

export type Messages = ReturnType<typeof createMessages>

function shown(message: Message): Shown {
  const { id, state, recipient, fromName, fromAddress, subject, template, trace } = message
  const { orderId, accountId, eventId, opens, clicks, error, createdAt, sentAt } = message
  return {
    ...{ id, state, to: recipient, subject, orderId, accountId, eventId },
    from: fromAddress === null ? null : `${fromName} <${fromAddress}>`,
    template: template === null ? null : { name: template, version: message.templateVersion ?? 0 },
    traceId: trace.traceId,
    ...{ opens, clicks, error, createdAt, sentAt },
  }
}

function unfit(faults: readonly Fault[]): Problem {
  const errors = faults.slice(0, 20).map(({ part, detail }) => ({
    pointer: '/body/data',
    expected: `what the ${part} of the template is made of`,
    detail,
  }))
  return new Problem(dataUnfit, faults[0]?.detail ?? 'It cannot be filled in', { errors })
}
