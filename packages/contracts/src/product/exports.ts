import { z } from 'zod'
import { examples } from '../examples.ts'
import { jobKind, jobRequested } from '../job.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, timestamp } from '../shapes.ts'

export const productJobRequested = jobRequested('product')

/** `csv` is what an import takes; `ndjson` a product in each line, as its tenant keeps it. */
const exportFormat = z.enum(['csv', 'ndjson'])

export const catalogueExport = jobKind('catalogue_export', {
  input: z.strictObject({ format: exportFormat }),
  result: z.object({
    format: exportFormat,
    products: z.int(),
    sizeBytes: z.int(),
    sha256: z.string(),
  }),
})

export const exportMissing = problem(
  'missing',
  'product.export_missing',
  'There is no such export, or it is not finished',
)

export const exportCatalogue = operation('POST', '/v1/catalogue/exports', {
  summary: 'Write the whole catalogue into a file; the export is the job of the same id',
  auth: { permission: 'product:product:export' },
  rate: 'bulk',
  idempotent: true,
  body: z.strictObject({ format: exportFormat.default('csv') }),
  reply: { 202: z.object({ exportId: id('export') }) },
  example: { body: { format: 'csv' }, reply: { exportId: examples.id(30) } },
})

export const linkExport = operation('POST', '/v1/catalogue/exports/{exportId}/link', {
  summary: 'An address from which the file of an export can be had for a while, by whoever has it',
  auth: { permission: 'product:product:export' },
  params: z.strictObject({ exportId: id('export') }),
  reply: {
    200: z.object({
      url: z.string(),
      expiresAt: timestamp,
      sizeBytes: z.int(),
      contentType: z.string(),
    }),
  },
  problems: [exportMissing],
  example: {
    params: { exportId: examples.id(30) },
    reply: {
      url: 'https://api.example.com/files/...',
      expiresAt: examples.laterTime,
      sizeBytes: 120_400,
      contentType: 'text/csv; charset=utf-8',
    },
  },
})
