// The one list of every service and web client of the platform, and the only file that may import them all.
import adminClient from '@prognetwork/admin-client'
import apiGateway from '@prognetwork/api-gateway'
import authClient from '@prognetwork/auth-client'
import emailService from '@prognetwork/email-service'
import eventStreamingService from '@prognetwork/event-streaming-service'
import monitoringService from '@prognetwork/monitoring-service'
import orderService from '@prognetwork/order-service'
import paymentService from '@prognetwork/payment-service'
import productService from '@prognetwork/product-service'
import type { ClientDefinition } from '@prognetwork/shared-infrastructure/client'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import storefrontClient from '@prognetwork/storefront-client'
import tenantService from '@prognetwork/tenant-service'
import userService from '@prognetwork/user-service'
import workerService from '@prognetwork/worker-service'

export const services: readonly AnyDefinition[] = [
  apiGateway,
  eventStreamingService,
  monitoringService,
  userService,
  tenantService,
  productService,
  paymentService,
  orderService,
  workerService,
  emailService,
]

/** The web clients, whose pages are built from their folders. */
export const clients: readonly ClientDefinition[] = [adminClient, authClient, storefrontClient]
