import { randomBytes } from 'node:crypto'
import { event, personal } from '@prognetwork/contracts'
import { cloudEvent } from '@prognetwork/contracts/event-streaming'
import { encryptPersonal } from '@prognetwork/shared-infrastructure/key-ring'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCloudEvents } from './cloud-event.ts'

const parcelSent = event(
  'parcel.sent',
  2,
  z.object({
    parcelId: z.string(),
    personId: z.string(),
    street: personal(z.string(), 'personId'),
  }),
  { key: 'parcelId', example: { parcelId: 'p', personId: 'a', street: 'Main Street' } },
)
const toCloudEvent = createCloudEvents(new Map([[parcelSent.type, parcelSent]]))
const ids = {
  id: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f',
  tenantId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e50',
}
const row = {
  ...ids,
  source: 'parcel-service',
  type: 'parcel.sent',
  version: 2,
  key: 'p-1',
  aggregateVersion: 7,
  time: '2026-11-21T09:30:00.000Z',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  causationId: ids.tenantId,
  correlationId: 'an order',
  data: '{"parcelId":"p-1","personId":"a","street":"Main Street"}',
}

test('an event of the log has every attribute outside, and no personal field', () => {
  const told = toCloudEvent(row)
  expect(told).toEqual({
    specversion: '1.0',
    id: row.id,
    source: 'parcel-service',
    type: 'parcel.sent',
    subject: 'p-1',
    time: row.time,
    dataschema: 'urn:prognetwork:event:parcel.sent:2',
    datacontenttype: 'application/json',
    tenantid: row.tenantId,
    partitionkey: `${row.tenantId}/p-1`,
    aggregateversion: 7,
    traceparent: row.traceparent,
    causationid: row.causationId,
    correlationid: 'an order',
    data: { parcelId: 'p-1', personId: 'a', street: null },
  })
  expect(cloudEvent.parse(told)).toEqual(told)
})

test('attributes that an event has not are left out', () => {
  const told = toCloudEvent({
    ...row,
    ...{ aggregateVersion: null, traceparent: null, causationId: null, correlationId: null },
  })
  const left = ['aggregateversion', 'traceparent', 'causationid', 'correlationid']
  expect(Object.keys(told).filter((name) => left.includes(name))).toEqual([])
})

test('a field that an older version encrypted, or nobody knows, is not shown either', () => {
  const sealed = encryptPersonal(randomBytes(32), 'Main Street 1', 'a context')
  const data = JSON.stringify({ parcelId: 'p-1', address: sealed, note: 'enc:v1:no' })
  for (const type of ['parcel.sent', 'parcel.unheard'])
    expect(toCloudEvent({ ...row, type, version: 1, data }).data).toEqual({
      ...{ parcelId: 'p-1', address: null, note: 'enc:v1:no' },
    })
})
