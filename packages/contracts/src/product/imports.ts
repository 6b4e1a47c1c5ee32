import { z } from 'zod'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { currency, id } from '../shapes.ts'

export const fileUnreadable = problem(
  'unprocessable',
  'product.file_unreadable',
  'The file cannot be read as a product list',
)

const counts = z.object({ created: z.int(), updated: z.int(), unchanged: z.int() })

/**
 * One line of the reply. The last one is `finished`, or `failed` when the rest of the file was not
 * taken; a reply that ends with neither was cut off, and the file can simply be sent again.
 */
export const importLine = z.object({
  kind: z.enum(['started', 'progress', 'refused', 'finished', 'failed']),
  /** Rows of the file read so far, the header not counted. */
  rows: z.int(),
  file: z
    .object({
      format: z.enum(['shop-export', 'prognetwork']),
      currency,
      dryRun: z.boolean(),
      ignoredColumns: z.array(z.string()),
    })
    .optional(),
  products: counts.optional(),
  variants: counts.optional(),
  /** Rows that were refused so far; each is told until a thousand were. */
  refused: z.int().optional(),
  /** Pictures that were named and are not kept yet; the job fetches them, if this is no dry run. */
  pictures: z.object({ wanted: z.int(), jobId: id('job').optional() }).optional(),
  error: z
    .object({
      /** Line of the file on which the row begins, the header being 1. */
      line: z.int(),
      column: z.string(),
      expected: z.string(),
      detail: z.string(),
    })
    .optional(),
  /** Why the rest was not taken. Rows up to `rows` that were not refused stand. */
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
})

export const importProducts = operation('PUT', '/v1/catalogue/import', {
  summary: 'Take products from a CSV file of up to 200 MB; sent again it updates what it made',
  auth: { permission: 'product:product:import' },
  rate: 'bulk',
  upload: 'text/csv',
  bodyLimitBytes: 200 * 1_048_576,
  query: z.strictObject({
    /** Of prices in columns that name none; the tenant's own when not given. */
    currency: currency.optional(),
    /** Tells what would happen, and changes nothing. */
    dryRun: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
    /** `link` leaves pictures where they are, and shows them from there. */
    pictures: z.enum(['keep', 'link']).default('keep'),
  }),
  reply: { 200: importLine },
  lines: true,
  problems: [fileUnreadable],
  example: {
    query: { currency: 'GBP', dryRun: 'true' },
    body: 'slug,title,price\nclay-pot,Clay pot,9.99\n',
    reply: {
      kind: 'finished',
      rows: 1,
      file: { format: 'prognetwork', currency: 'GBP', dryRun: true, ignoredColumns: [] },
      products: { created: 1, updated: 0, unchanged: 0 },
      variants: { created: 1, updated: 0, unchanged: 0 },
      refused: 0,
    },
  },
})
