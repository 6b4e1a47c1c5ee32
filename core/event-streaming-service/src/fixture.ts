import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { createSchemas } from './schemas/schemas.ts'

/** A type of the tenant's own, with a schema and an example. */
export function createFixture({
  schemas,
}: {
  readonly schemas: ReturnType<typeof createSchemas>
}): Fixture {
  return async (ctx, { marker }) => {
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
    return {}
  }
}
