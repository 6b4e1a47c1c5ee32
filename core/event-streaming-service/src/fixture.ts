import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { createSchemas } from './schemas/schemas.ts'
import type { createWebhooks } from './webhooks/webhooks.ts'

/** A type of the tenant's own with its schema, and what webhooks make. */
export function createFixture(parts: {
  readonly schemas: ReturnType<typeof createSchemas>
  readonly webhooks: ReturnType<typeof createWebhooks>
}): Fixture {
  const { schemas, webhooks } = parts
  return async (ctx, seed) => {
    const { marker } = seed
    await schemas.handlers.registerSchema(ctx, {
      params: { type: 'parcel.handed_over' },
      body: {
        schema: {
          type: 'object',
          title: `${marker} parcel`,
          properties: { name: { type: 'string' } },
        },
        example: { name: `${marker} example` },
        compatibility: 'full',
      },
    })
    return webhooks.fixture(ctx, seed)
  }
}
