import { operation } from '../operation.ts'
import { page, pageQuery, text, timestamp } from '../shapes.ts'
import { exampleLine, logLevel, logLine, name, traceId } from './shapes.ts'

export const listLogLines = operation('GET', '/v1/logs', {
  summary: 'Log lines about the tenant, newest first',
  auth: { permission: 'monitoring:log:read' },
  query: pageQuery.extend({
    /** Words of the sentence or of fields; `"in a row"`, `or` and `-without` mean what they look like. */
    words: text(1, 200).optional(),
    /** The least severe that are wanted. */
    level: logLevel.optional(),
    service: name.optional(),
    traceId: traceId.optional(),
    from: timestamp.optional(),
    to: timestamp.optional(),
  }),
  reply: { 200: page(logLine) },
  example: {
    query: { words: 'request', level: 'info' },
    reply: { items: [exampleLine], next: null },
  },
})
