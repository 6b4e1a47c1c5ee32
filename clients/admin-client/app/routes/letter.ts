import { emailContract } from '@prognetwork/contracts/email'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'

/**
 * The HTML of a mail, for a frame. It may show itself and nothing else: no script, no form, nothing
 * from elsewhere, so that looking at it here counts as nobody's opening.
 */
const policy = [
  ...['sandbox', "default-src 'none'", "style-src 'unsafe-inline'", 'img-src data:'],
  "frame-ancestors 'self'",
].join('; ')

export async function loader({ context, params }: PageArgs) {
  const { html } = await context.get(pageRequest).call(emailContract.operations.readMessage, {
    params: { messageId: params.messageId ?? '' },
  })
  return new Response(html ?? '', {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-frame-options': 'SAMEORIGIN',
    },
  })
}
