/** The pages of a tenant, and the letter that leads to each after `g`. */
export const places = [
  { name: 'overview', path: '', key: 'h' },
  { name: 'orders', path: '/orders', key: 'o' },
  { name: 'products', path: '/products', key: 'p' },
  { name: 'mail', path: '/mail', key: 'm' },
  { name: 'events', path: '/events', key: 'e' },
] as const
