/** A page of the console, and the letter that leads to it after `g`. */
export interface Place {
  readonly name: string
  readonly path: string
  readonly key: string
  /** What it takes to see it, where not everybody may. */
  readonly needs?: string
}

/** The pages of a tenant. */
export const places = [
  { name: 'overview', path: '', key: 'h' },
  { name: 'orders', path: '/orders', key: 'o' },
  { name: 'products', path: '/products', key: 'p' },
  { name: 'mail', path: '/mail', key: 'm' },
  { name: 'events', path: '/events', key: 'e', needs: 'event:event:read' },
] as const satisfies readonly Place[]

/** What the catalogue is made of; reached from its pages, and by keys and words from anywhere. */
export const cataloguePlaces = [
  { name: 'categories', path: '/categories', key: 'a', needs: 'product:product:read' },
  { name: 'priceLists', path: '/price-lists', key: 'r', needs: 'product:price_list:read' },
  {
    ...{ name: 'customerGroups', path: '/customer-groups', key: 'f' },
    needs: 'product:customer_group:read',
  },
] as const satisfies readonly Place[]

/** What becomes of what was done. */
export const watchedPlaces = [
  { name: 'payments', path: '/payments', key: 'y', needs: 'payment:payment:read' },
  { name: 'deadLetters', path: '/dead-letters', key: 'd', needs: 'event:dead_letter:read' },
  { name: 'webhooks', path: '/webhooks', key: 'w', needs: 'event:webhook:read' },
  { name: 'schemas', path: '/schemas', key: 'c', needs: 'event:schema:read' },
  { name: 'traces', path: '/traces', key: 't', needs: 'monitoring:trace:read' },
  { name: 'logs', path: '/logs', key: 'l', needs: 'monitoring:log:read' },
] as const satisfies readonly Place[]

/** What a tenant is itself. */
export const housePlaces = [
  { name: 'members', path: '/members', key: 'u' },
  { name: 'settings', path: '/settings', key: 's' },
] as const satisfies readonly Place[]

/** What operators see of the platform. */
export const platformPlaces = [
  { name: 'tenants', path: '/tenants', key: 't' },
  { name: 'people', path: '/people', key: 'p' },
  { name: 'configuration', path: '/configuration', key: 'c' },
] as const satisfies readonly Place[]
