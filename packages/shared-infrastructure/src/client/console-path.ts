// The console works for one tenant in one tab and for another in the next, so the tenant stands in
// the path: `/t/<slug>/orders`.

/** Where the pages and the operations of one tenant are. */
export const consolePrefix = '/t/{tenant}'

export function tenantInPath(url: string): string | undefined {
  // React Router asks for the data of a page at `/t/<slug>.data`.
  const slug = /^\/t\/([^/?#]+?)(?:\.data)?(?=[/?#]|$)/.exec(url)?.[1]
  // What no slug is made of is left for who looks it up.
  return slug === undefined ? undefined : slug.toLowerCase()
}

/** Whether it leads to an operation, and not to a page; the router decodes before it compares. */
export function isOfOperation(url: string): boolean {
  const [path = ''] = url.split('?', 1)
  const decoded = path.replaceAll(/%[0-9a-f]{2}/gi, (triplet) =>
    String.fromCharCode(Number.parseInt(triplet.slice(1), 16)),
  )
  return /^(?:\/t\/[^/]+)?\/api\//.test(decoded)
}
