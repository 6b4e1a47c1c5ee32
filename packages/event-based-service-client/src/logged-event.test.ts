import { event, personal } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createEventOpener, type LoggedEvent } from './logged-event.ts'
import type { EventContext } from './subscriptions.ts'

const joined = event(
  'member.joined',
  2,
  z.object({ memberId: z.string(), email: personal(z.email(), 'memberId'), level: z.int() }),
  { key: 'memberId', example: { memberId: 'm', email: 'ada@example.com', level: 1 } },
)
const ctx = {} as EventContext

function logged(data: object, version = 2): LoggedEvent {
  return {
    ...{ log: 'domain', incarnation: 'i', position: 7, tenantId: 't', source: 'member-service' },
    ...{ partition: 3, id: 'e', type: 'member.joined', version, key: 'm', aggregateVersion: null },
    ...{ time: '2026-11-21T09:00:00.000Z', traceparent: null, causationId: null },
    ...{ correlationId: null, data: JSON.stringify(data), replaying: false },
  }
}

const stored = { memberId: 'm', email: 'enc:v1:abc', level: 1 }

test('an event is parsed, with its personal fields opened', async () => {
  const open = createEventOpener({
    contracts: [joined],
    decryptPersonal: async (_ctx, _event, fields) => {
      expect(fields).toEqual([{ name: 'email', sealed: 'enc:v1:abc', subject: 'm' }])
      return { email: 'ada@example.com' }
    },
  })
  expect(await open(ctx, logged(stored))).toMatchObject({
    source: 'member-service',
    position: 7,
    data: { memberId: 'm', email: 'ada@example.com', level: 1 },
  })
})

test('without a key a personal field is an error where it is read, and only there', async () => {
  const open = createEventOpener({ contracts: [joined] })
  const { data } = await open(ctx, logged(stored))
  expect([data.memberId, data.level]).toEqual(['m', 1])
  expect(() => data.email).toThrow(
    'member.joined: this service has no key for the personal field "email"',
  )
})

test('an older version is brought to the newest, and a newer one is refused', async () => {
  const upcast = (_type: string, version: number, data: unknown) => ({
    ...(data as object),
    level: version * 10,
  })
  const open = createEventOpener({ contracts: [joined], upcast })
  const { data } = await open(ctx, logged({ memberId: 'm' }, 1)).catch((error) => error)
  expect(data).toBeUndefined()
  const old = await open(ctx, logged({ memberId: 'm', email: 'enc:v1:abc' }, 1))
  expect(old.data.level).toBe(10)
  await expect(open(ctx, logged(stored, 3))).rejects.toThrow(
    'member.joined of version 3 cannot be read by version 2',
  )
})
