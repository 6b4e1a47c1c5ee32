import { logNames } from '@prognetwork/contracts'
import type { Fixture } from '@prognetwork/shared-infrastructure'
import type { createGroups } from './groups/groups.ts'
import type { createPublish } from './publish/publish.ts'
import type { createSchemas } from './schemas/schemas.ts'

/** A type of the tenant's own with a schema, an event of another, a group, and an endpoint. */
export function createFixture(parts: {
  readonly schemas: ReturnType<typeof createSchemas>
  readonly groups: ReturnType<typeof createGroups>
  readonly publish: ReturnType<typeof createPublish>
  readonly webhooks: { readonly fixture: Fixture }
}): Fixture {
  const { schemas, groups, publish, webhooks } = parts
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
    await groups.put(ctx, {
      params: { group: `of-${marker}` },
      body: { types: ['*'], startAt: 'end' },
    })
    const event = { specversion: '1.0', type: 'parcel.scanned', source: marker, subject: marker }
    for (const log of logNames)
      await publish.publish(ctx, {
        body: { ...event, log, specversion: '1.0', data: { name: marker } },
      })
    return webhooks.fixture(ctx, seed)
  }
}
