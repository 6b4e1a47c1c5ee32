import { z } from 'zod'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'

export const linkUnknown = problem(
  'missing',
  'email.link_unknown',
  'No mail of this platform has this link',
)

/** Signed: of which tenant, which mail and which of its links it is. */
const byToken = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/) })
const exampleParams = {
  token: 'AZONXnwaezKfYAxbGi0-UAGTjV58Gnsyn2AMWxotPm3__9FuZ0xq0bHqgkG6Zl8BzJk',
}

/** A picture of one pixel that nobody sees. */
export const openMail = operation('GET', '/v1/mail-opens/{token}', {
  summary: 'Asked for by a mail client that shows the mail',
  auth: { public: true },
  params: byToken,
  file: 'image/gif',
  reply: { 200: z.object({ bytes: z.base64() }) },
  problems: [linkUnknown],
  example: {
    params: exampleParams,
    reply: { bytes: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7' },
  },
})

export const followLink = operation('GET', '/v1/mail-links/{token}', {
  summary: 'Where a link in a mail leads',
  auth: { public: true },
  params: byToken,
  reply: { 302: z.object({ location: z.string() }) },
  problems: [linkUnknown],
  example: {
    params: exampleParams,
    reply: { location: 'https://shop.example.com/orders/7F3K2Q9D4X' },
  },
})
