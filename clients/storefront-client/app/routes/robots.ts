import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'

export function loader({ context }: PageArgs) {
  const home = context.get(pageRequest).origin
  const closed = [
    '/account',
    '/api',
    '/bank',
    '/cart',
    '/checkout',
    '/orders',
    '/search',
    '/sign-in',
  ]
  const lines = ['User-agent: *', ...closed.map((path) => `Disallow: ${path}`)]
  // Pictures are there for whoever shows the products.
  const text = [...lines, 'Allow: /api/v1/pictures/', `Sitemap: ${home}/sitemap.xml`, ''].join('\n')
  return new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
