import { event, personal, upcaster } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createEventOpener, type LoggedEvent } from './logged-event.ts'
import type { EventContext } from './subscriptions.ts'

const memberJoined1 = event(
  'member.joined',
  1,
  z.object({ id: z.string(), name: personal(z.string(), 'id'), email: z.string() }),
  { key: 'id', example: { id: 'm', name: 'Ada', email: 'ada@example.com' } },
)
const memberJoined2 = event(
  'member.joined',
  2,
  z.object({ memberId: z.string(), email: personal(z.email(), 'memberId') }),
  {
    key: 'memberId',
    example: { memberId: 'm', email: 'ada@example.com' },
    upcaster: upcaster(memberJoined1, ({ id, email }) => ({ memberId: id, email })),
  },
)
const joined = event(
  'member.joined',
  3,
  z.object({ memberId: z.string(), email: personal(z.email(), 'memberId'), level: z.int() }),
  {
    key: 'memberId',
    example: { memberId: 'm', email: 'ada@example.com', level: 1 },
    upcaster: upcaster(memberJoined2, (data) => ({ ...data, level: data.email ? 10 : 0 })),
  },
)
const ctx = {} as EventContext

function logged(data: object, version = 3): LoggedEvent {
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

test('older versions are brought to the newest, step by step', async () => {
  const open = createEventOpener({ contracts: [joined] })
  const second = await open(ctx, logged({ memberId: 'm', email: null }, 2))
  expect(second.data).toEqual({ memberId: 'm', email: null, level: 0 })
  const first = await open(ctx, logged({ id: 'm', name: null, email: 'ada@example.com' }, 1))
  expect(first.data).toEqual({ memberId: 'm', email: 'ada@example.com', level: 10 })
})

test('the fields that are opened are those that were personal when the event was written', async () => {
  const opened: unknown[] = []
  const open = createEventOpener({
    contracts: [joined],
    decryptPersonal: async (_ctx, _event, fields) => {
      opened.push(...fields)
      return Object.fromEntries(fields.map(({ name }) => [name, 'ada@example.com']))
    },
  })
  const { data } = await open(
    ctx,
    logged({ id: 'm', name: 'enc:v1:abc', email: 'bob@example.com' }, 1),
  )
  expect(data).toEqual({ memberId: 'm', email: 'bob@example.com', level: 10 })
  expect(opened).toEqual([{ name: 'name', sealed: 'enc:v1:abc', subject: 'm' }])
})

test('without a key an older version with a personal field is an error that says so', async () => {
  const open = createEventOpener({ contracts: [joined] })
  await expect(open(ctx, logged({ memberId: 'm', email: 'enc:v1:abc' }, 2))).rejects.toThrow(
    'member.joined of version 2: this service has no key for its personal fields',
  )
})

test('what no upcaster reaches is refused, and so is a newer version', async () => {
  const open = createEventOpener({ contracts: [joined] })
  await expect(open(ctx, logged(stored, 4))).rejects.toThrow(
    'member.joined of version 4 cannot be read by version 3: it is newer',
  )
  await expect(open(ctx, logged(stored, 0))).rejects.toThrow(
    'member.joined of version 0 cannot be read by version 3: no upcaster leads there',
  )
})

test('what an upcaster makes is parsed: a wrong one is an error, not wrong data', async () => {
  const wrong = event('member.joined', 3, joined.data, {
    key: 'memberId',
    example: joined.example,
    upcaster: upcaster(memberJoined2, (data) => ({ ...data, level: 0.5 })),
  })
  const open = createEventOpener({ contracts: [wrong] })
  await expect(open(ctx, logged({ memberId: 'm', email: null }, 2))).rejects.toThrow('level')
})
