import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, text, timestamp } from '../shapes.ts'
import { locationMissing } from './locations.ts'
import { variantMissing } from './products.ts'
import { quantity } from './shapes.ts'
import { byVariant, stockUnfit } from './stock.ts'

export const incomingMissing = problem(
  'missing',
  'product.incoming_missing',
  'No delivery of this id is expected',
)
export const incomingEnded = problem(
  'conflict',
  'product.incoming_ended',
  'Nothing of the delivery is expected any more',
)

const incoming = z.object({
  id: id('incoming_stock'),
  variantId: id('variant'),
  locationId: id('stock_location'),
  expected: z.int(),
  received: z.int(),
  supplier: z.string().nullable(),
  dueOn: z.string().nullable(),
  state: z.enum(['expected', 'received', 'cancelled']),
  madeBy: z.string(),
  madeAt: timestamp,
  endedAt: timestamp.nullable(),
})
const exampleIncoming = {
  id: examples.id(61),
  variantId: examples.id(11),
  locationId: examples.id(60),
  expected: 50,
  received: 0,
  supplier: 'Babbage Potteries, order 17',
  dueOn: '2026-12-01',
  state: 'expected',
  madeBy: examples.id(),
  madeAt: examples.time,
  endedAt: null,
} as const

export const expectStock = operation('POST', '/v1/catalogue/variants/{variantId}/incoming-stock', {
  summary: 'Say that goods are on their way',
  auth: { permission: 'product:stock:update' },
  idempotent: true,
  params: byVariant,
  body: z.strictObject({
    quantity,
    locationId: id('stock_location').optional(),
    supplier: text(1, 500).nullable().default(null),
    dueOn: z.iso
      .date()
      .regex(/^[1-9]/, 'must be in the years 1000 to 9999')
      .nullable()
      .default(null),
  }),
  reply: { 201: incoming },
  problems: [variantMissing, locationMissing],
  example: {
    params: { variantId: examples.id(11) },
    body: { quantity: 50, supplier: 'Babbage Potteries, order 17', dueOn: '2026-12-01' },
    reply: exampleIncoming,
  },
})

export const listIncoming = operation('GET', '/v1/catalogue/variants/{variantId}/incoming-stock', {
  summary: 'What of a variant is or was on its way, newest first',
  auth: { permission: 'product:stock:read' },
  params: byVariant,
  query: pageQuery,
  reply: { 200: page(incoming) },
  example: {
    params: { variantId: examples.id(11) },
    query: {},
    reply: { items: [exampleIncoming], next: null },
  },
})

const byIncoming = z.strictObject({ incomingId: id('incoming_stock') })

export const receiveStock = operation(
  'POST',
  '/v1/catalogue/incoming-stock/{incomingId}/receipts',
  {
    summary: 'Put what arrived into stock; it may be less or more than was expected',
    auth: { permission: 'product:stock:update' },
    idempotent: true,
    params: byIncoming,
    body: z.strictObject({
      quantity,
      /** The rest is not waited for. Nothing is once all has arrived. */
      isLast: z.boolean().default(false),
    }),
    reply: { 201: incoming },
    problems: [incomingMissing, incomingEnded, stockUnfit],
    example: {
      params: { incomingId: examples.id(61) },
      body: { quantity: 48, isLast: true },
      reply: {
        ...exampleIncoming,
        received: 48,
        state: 'received',
        endedAt: examples.laterTime,
      },
    },
  },
)

export const cancelIncoming = operation('DELETE', '/v1/catalogue/incoming-stock/{incomingId}', {
  summary: 'Wait no longer; what has arrived stays. Repeating it changes nothing',
  auth: { permission: 'product:stock:update' },
  params: byIncoming,
  reply: { 200: incoming },
  problems: [incomingMissing, incomingEnded],
  example: {
    params: { incomingId: examples.id(61) },
    reply: { ...exampleIncoming, state: 'cancelled', endedAt: examples.laterTime },
  },
})
