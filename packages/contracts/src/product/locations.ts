import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, text } from '../shapes.ts'

export const locationMissing = problem(
  'missing',
  'product.location_missing',
  'There is no such stock location',
)
export const locationNameTaken = problem(
  'conflict',
  'product.location_name_taken',
  'Another stock location has this name',
)
export const locationNeeded = problem(
  'conflict',
  'product.location_needed',
  'The first stock location stays open',
)

/** Every tenant has one from the beginning, the first: it is meant where none is named. */
const location = z.object({
  id: id('stock_location'),
  name: z.string(),
  /** Orders take goods from the lowest first. */
  priority: z.int(),
  /** What lies in one that is not active is counted, and not sold. */
  isActive: z.boolean(),
  isFirst: z.boolean(),
})
const exampleLocation = {
  id: examples.id(60),
  name: 'Harbour warehouse',
  priority: 100,
  isActive: true,
  isFirst: false,
}

const priority = z.int().min(0).max(1_000_000)

export const listLocations = operation('GET', '/v1/catalogue/stock-locations', {
  summary: 'Where goods are kept, in the order in which orders take from there',
  auth: { permission: 'product:stock:read' },
  query: pageQuery,
  reply: { 200: page(location) },
  example: { query: {}, reply: { items: [exampleLocation], next: null } },
})

export const createLocation = operation('POST', '/v1/catalogue/stock-locations', {
  summary: 'Add a place where goods are kept',
  auth: { permission: 'product:location:create' },
  idempotent: true,
  body: z.strictObject({ name: text(1, 100), priority: priority.default(100) }),
  reply: { 201: location },
  problems: [locationNameTaken],
  example: { body: { name: 'Harbour warehouse' }, reply: exampleLocation },
})

export const changeLocation = operation('PATCH', '/v1/catalogue/stock-locations/{locationId}', {
  summary: 'Rename a stock location, move it in the order, open it or close it',
  auth: { permission: 'product:location:update' },
  params: z.strictObject({ locationId: id('stock_location') }),
  body: z.strictObject({
    name: text(1, 100).optional(),
    priority: priority.optional(),
    isActive: z.boolean().optional(),
  }),
  reply: { 200: location },
  problems: [locationMissing, locationNameTaken, locationNeeded],
  example: {
    params: { locationId: examples.id(60) },
    body: { isActive: false },
    reply: { ...exampleLocation, isActive: false },
  },
})
