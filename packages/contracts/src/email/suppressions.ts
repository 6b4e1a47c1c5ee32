import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, nothing, page, pageQuery, timestamp } from '../shapes.ts'

export const suppressionMissing = problem(
  'missing',
  'email.suppression_missing',
  'The address is written to as any other',
)

const suppression = z.object({
  address: z.string(),
  /** A mail came back for good, was called spam, or somebody of the tenant said so. */
  reason: z.enum(['bounced', 'complained', 'asked']),
  since: timestamp,
})
const exampleSuppression = {
  address: examples.email,
  reason: 'bounced',
  since: examples.time,
} as const
const byAddress = z.strictObject({ address: email })

export const listSuppressions = operation('GET', '/v1/mail-suppressions', {
  summary: 'Addresses that the tenant sends nothing to, in the order of the alphabet',
  auth: { permission: 'email:suppression:read' },
  query: pageQuery,
  reply: { 200: page(suppression) },
  example: { query: {}, reply: { items: [exampleSuppression], next: null } },
})

export const addSuppression = operation('POST', '/v1/mail-suppressions', {
  summary: 'Send nothing more to an address',
  auth: { permission: 'email:suppression:create' },
  body: byAddress,
  reply: { 200: suppression },
  example: {
    body: { address: examples.email },
    reply: { ...exampleSuppression, reason: 'asked' },
  },
})

export const removeSuppression = operation('DELETE', '/v1/mail-suppressions/{address}', {
  summary: 'Write to an address again',
  auth: { permission: 'email:suppression:delete' },
  params: byAddress,
  reply: { 204: nothing },
  problems: [suppressionMissing],
  example: { params: { address: examples.email } },
})
