import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

// What is under `/t/<slug>` is of that tenant, its `/api` too; the rest is of the platform.
export default [
  index('routes/home.tsx'),
  route('enter', 'routes/enter.tsx'),
  route('t/:tenant', 'routes/tenant.tsx', [
    index('routes/overview.tsx'),
    route('orders', 'routes/orders.tsx'),
    route('orders/:orderId', 'routes/order.tsx'),
    route('products', 'routes/products.tsx'),
    route('mail', 'routes/mail.tsx'),
    route('mail/:messageId', 'routes/message.tsx'),
    route('mail/:messageId/letter', 'routes/letter.ts'),
    route('events', 'routes/events.tsx'),
    route('products/new', 'routes/product-new.tsx'),
    route('products/lists', 'routes/product-lists.tsx'),
    route('products/:productId', 'routes/product.tsx', [
      route('variants/new', 'routes/variant-new.tsx'),
      route('variants/:variantId', 'routes/variant.tsx'),
    ]),
    route('members', 'routes/members.tsx', [
      route('invite', 'routes/member-invite.tsx'),
      route(':accountId', 'routes/member.tsx'),
    ]),
    route('events/:cursor', 'routes/event.tsx'),
    route('dead-letters', 'routes/dead-letters.tsx'),
    route('dead-letters/:service/:key', 'routes/dead-letter.tsx'),
    route('webhooks', 'routes/webhooks.tsx'),
    route('webhooks/new', 'routes/webhook-new.tsx'),
    route('webhooks/:endpointId', 'routes/webhook.tsx'),
    route('webhooks/:endpointId/deliveries/:deliveryId', 'routes/webhook-delivery.tsx'),
    route('traces', 'routes/traces.tsx'),
    route('traces/:traceId', 'routes/trace.tsx'),
    route('logs', 'routes/logs.tsx'),
    route('payments', 'routes/payments.tsx'),
    route('payments/:paymentId', 'routes/payment.tsx'),
    route('ledger', 'routes/ledger.tsx'),
    route('schemas', 'routes/schemas.tsx'),
    route('schemas/:type', 'routes/schema.tsx'),
    route('settings', 'routes/settings.tsx'),
  ]),
  layout('routes/platform.tsx', [
    route('tenants', 'routes/tenants.tsx', [
      route('new', 'routes/tenant-new.tsx'),
      route(':tenantId', 'routes/tenant-of-platform.tsx'),
    ]),
    route('configuration', 'routes/configuration.tsx'),
    route('people', 'routes/people.tsx'),
    route('people/:accountId', 'routes/person.tsx'),
  ]),
  route('robots.txt', 'routes/robots.ts'),
  route('*', 'routes/missing.ts'),
] satisfies RouteConfig
