import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, page, pageQuery, timestamp } from '../shapes.ts'
import { exampleMessage, headerText, message, templateName } from './shapes.ts'

export const templateMissing = problem(
  'missing',
  'email.template_missing',
  'There is no such template, or it has no such version',
)
export const templateUnfit = problem(
  'unprocessable',
  'email.template_unfit',
  'The template cannot be used as it is written',
)
export const templateChanged = problem(
  'precondition',
  'email.template_changed',
  'Somebody else changed the draft meanwhile',
)

/** Values that stand for those that a mail will have; they also say which ones there are. */
const sample = z.record(z.string().max(100), z.unknown())

const source = z.strictObject({
  /** Liquid in all three. */
  subject: headerText(1, 300),
  mjml: z.string().min(1).max(100_000),
  text: z.string().min(1).max(50_000),
})

const version = z.object({
  /** 0 is the platform's own. */
  version: z.int(),
  state: z.enum(['draft', 'published', 'kept']),
  subject: z.string(),
  mjml: z.string(),
  text: z.string(),
  sample,
  madeBy: z.string(),
  createdAt: timestamp.nullable(),
  publishedAt: timestamp.nullable(),
})
const exampleSource = {
  subject: 'Your order {{ order.reference }}',
  mjml: '<mjml><mj-body><mj-text>Thank you!</mj-text></mj-body></mjml>',
  text: 'Thank you!',
}
const exampleSample = { order: { reference: '7F3K2Q9D' } }
const exampleVersion = {
  version: 1,
  state: 'draft',
  ...exampleSource,
  sample: exampleSample,
  madeBy: examples.id(),
  createdAt: examples.time,
  publishedAt: null,
} as const

const template = z.object({
  name: z.string(),
  /** One that mails of the platform are made of. */
  builtIn: z.boolean(),
  /** What mails are made of now; null when nothing was published yet. */
  published: z.int().nullable(),
  draft: z.int().nullable(),
})
const exampleTemplate = { name: 'order_placed', builtIn: true, published: 0, draft: 1 }

const byName = z.strictObject({ name: templateName })
const exampleParams = { name: 'order_placed' }

export const listTemplates = operation('GET', '/v1/mail-templates', {
  summary: "The platform's templates and the tenant's own",
  auth: { permission: 'email:template:read' },
  reply: { 200: z.object({ items: z.array(template) }) },
  example: { reply: { items: [exampleTemplate] } },
})

export const readTemplate = operation('GET', '/v1/mail-templates/{name}', {
  summary: 'One version of a template; the one in use without a number',
  auth: { permission: 'email:template:read' },
  params: byName,
  query: z.strictObject({ version: z.coerce.number().int().min(0).max(1_000_000).optional() }),
  reply: { 200: template.extend({ content: version }) },
  problems: [templateMissing],
  example: {
    params: exampleParams,
    query: { version: '1' },
    reply: { ...exampleTemplate, content: exampleVersion },
  },
})

export const listTemplateVersions = operation('GET', '/v1/mail-templates/{name}/versions', {
  summary: "The tenant's versions of a template, newest first",
  auth: { permission: 'email:template:read' },
  params: byName,
  query: pageQuery,
  reply: { 200: page(version) },
  problems: [templateMissing],
  example: {
    params: exampleParams,
    query: {},
    reply: { items: [exampleVersion], next: null },
  },
})

export const saveDraft = operation('PUT', '/v1/mail-templates/{name}/draft', {
  summary: 'Write the draft of a template, and find out whether it can be used',
  auth: { permission: 'email:template:update' },
  params: byName,
  body: source.extend({
    /** Of a template of one's own; mails of the platform have values of their own. */
    sample: sample.optional(),
    /** The draft that this one was made from, so that two people do not undo each other's work. */
    draft: z.int().nullable(),
  }),
  reply: { 200: version },
  problems: [templateUnfit, templateChanged],
  example: {
    params: exampleParams,
    body: { ...exampleSource, draft: null },
    reply: exampleVersion,
  },
})

export const publishTemplate = operation('POST', '/v1/mail-templates/{name}/publication', {
  summary: 'Make mails of this version from now on: the draft, an earlier one, or 0 again',
  auth: { permission: 'email:template:update' },
  params: byName,
  body: z.strictObject({ version: z.int().min(0) }),
  reply: { 200: template },
  problems: [templateMissing],
  example: {
    params: exampleParams,
    body: { version: 1 },
    reply: { ...exampleTemplate, published: 1, draft: null },
  },
})

const rendered = z.object({ subject: z.string(), html: z.string(), text: z.string() })

export const previewTemplate = operation('POST', '/v1/mail-templates/{name}/preview', {
  summary: 'What a template would become, without keeping anything',
  auth: { permission: 'email:template:read' },
  params: byName,
  body: source.extend({ sample: sample.optional() }),
  reply: { 200: rendered },
  problems: [templateUnfit],
  example: {
    params: exampleParams,
    body: exampleSource,
    reply: { subject: 'Your order 7F3K2Q9D', html: '<p>Thank you!</p>', text: 'Thank you!' },
  },
})

export const testTemplate = operation('POST', '/v1/mail-templates/{name}/tests', {
  summary: 'Send a version of a template, filled in with its sample, to see it arrive',
  auth: { permission: 'email:template:update' },
  idempotent: true,
  params: byName,
  body: z.strictObject({ version: z.int().min(0), to: email }),
  reply: { 202: z.object({ messageId: id('message'), state: message.shape.state }) },
  problems: [templateMissing],
  example: {
    params: exampleParams,
    body: { version: 1, to: examples.email },
    reply: { messageId: exampleMessage.id, state: 'queued' },
  },
})
