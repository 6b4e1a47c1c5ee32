import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, nothing, timestamp } from '../shapes.ts'
import { headerText } from './shapes.ts'

export const senderMissing = problem(
  'missing',
  'email.sender_missing',
  'The tenant has no such sender',
)
export const domainUnverified = problem(
  'unprocessable',
  'email.domain_unverified',
  'The tenant has not shown that the domain of the address is its own',
)
export const sendersFull = problem(
  'unprocessable',
  'email.senders_full',
  'The tenant has as many senders as it may',
)

/** Who a mail is from. Without an address it is the platform's, and answers go to `replyTo`. */
const fields = z.strictObject({
  name: headerText(1, 100),
  address: email.nullable().default(null),
  replyTo: email.nullable().default(null),
  /** Of mails that name no sender; the one before is not it any more. */
  isDefault: z.boolean().default(false),
})
const sender = z.object({ id: id('sender'), ...fields.shape, updatedAt: timestamp })
const exampleFields = {
  name: 'Lovelace Looms',
  address: null,
  replyTo: 'help@example.com',
  isDefault: true,
}
const exampleSender = { id: examples.id(32), ...exampleFields, updatedAt: examples.time }
const byId = z.strictObject({ senderId: id('sender') })
const exampleParams = { senderId: examples.id(32) }

export const listSenders = operation('GET', '/v1/mail-senders', {
  summary: 'Names and addresses that mails of the tenant are from',
  auth: { permission: 'email:sender:read' },
  reply: { 200: z.object({ items: z.array(sender) }) },
  example: { reply: { items: [exampleSender] } },
})

export const createSender = operation('POST', '/v1/mail-senders', {
  summary: 'Add a name and an address that mails can be from',
  auth: { permission: 'email:sender:create' },
  idempotent: true,
  body: fields,
  reply: { 201: sender },
  problems: [domainUnverified, sendersFull],
  example: { body: exampleFields, reply: exampleSender },
})

export const changeSender = operation('PUT', '/v1/mail-senders/{senderId}', {
  summary: 'Change a sender',
  auth: { permission: 'email:sender:update' },
  params: byId,
  body: fields,
  reply: { 200: sender },
  problems: [senderMissing, domainUnverified],
  example: { params: exampleParams, body: exampleFields, reply: exampleSender },
})

export const removeSender = operation('DELETE', '/v1/mail-senders/{senderId}', {
  summary: 'Remove a sender; mails on their way keep it',
  auth: { permission: 'email:sender:delete' },
  params: byId,
  reply: { 204: nothing },
  problems: [senderMissing],
  example: { params: exampleParams },
})
