import { useMay } from '../parts/may.ts'

/** The pages of a tenant, the letter that leads to each after `g`, and what it takes to see one. */
const places = [
  { name: 'overview', path: '', key: 'h' },
  { name: 'orders', path: '/orders', key: 'o' },
  { name: 'products', path: '/products', key: 'p' },
  { name: 'mail', path: '/mail', key: 'm' },
  { name: 'events', path: '/events', key: 'e', needs: 'event:event:read' },
  { name: 'payments', path: '/payments', key: 'y', needs: 'payment:payment:read' },
  { name: 'deadLetters', path: '/dead-letters', key: 'd', needs: 'event:dead_letter:read' },
  { name: 'webhooks', path: '/webhooks', key: 'w', needs: 'event:webhook:read' },
  { name: 'schemas', path: '/schemas', key: 'c', needs: 'event:schema:read' },
  { name: 'traces', path: '/traces', key: 't', needs: 'monitoring:trace:read' },
  { name: 'logs', path: '/logs', key: 'l', needs: 'monitoring:log:read' },
] as const

export function usePlaces() {
  const may = useMay()
  return places.filter((one) => !('needs' in one) || may(one.needs))
}
