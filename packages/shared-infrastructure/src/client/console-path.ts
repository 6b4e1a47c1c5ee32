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
