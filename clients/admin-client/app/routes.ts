import { index, type RouteConfig, route } from '@react-router/dev/routes'

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
  ]),
  route('robots.txt', 'routes/robots.ts'),
  route('*', 'routes/missing.ts'),
] satisfies RouteConfig
