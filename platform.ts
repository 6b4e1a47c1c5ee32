// The one list of every service of the platform, and the only file that may import them all.
import apiGateway from '@prognetwork/api-gateway'
import emailService from '@prognetwork/email-service'
import eventStreamingService from '@prognetwork/event-streaming-service'
import monitoringService from '@prognetwork/monitoring-service'
import orderService from '@prognetwork/order-service'
import paymentService from '@prognetwork/payment-service'
import productService from '@prognetwork/product-service'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
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
