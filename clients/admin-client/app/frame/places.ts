/** A page of the console, and the letter that leads to it after `g`. */
export interface Place {
  readonly name: string
  readonly path: string
  readonly key: string
}

/** The pages of a tenant. */
export const places = [
  { name: 'overview', path: '', key: 'h' },
  { name: 'orders', path: '/orders', key: 'o' },
  { name: 'products', path: '/products', key: 'p' },
  { name: 'mail', path: '/mail', key: 'm' },
  { name: 'events', path: '/events', key: 'e' },
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
