import { defineClient } from '@prognetwork/shared-infrastructure/client'

export default defineClient({
  name: 'storefront-client',
  port: 3014,
  summary: "Each tenant's shop: catalogue, cart, checkout, orders",
  directory: new URL('../', import.meta.url),
})
