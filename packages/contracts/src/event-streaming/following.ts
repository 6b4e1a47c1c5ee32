import { z } from 'zod'
import { operation } from '../operation.ts'
import { webClients } from '../web-clients.ts'
import { storingServices } from './appending.ts'
import { incarnationEnded } from './events.ts'
import { exampleLoggedEvent, loggedEvent } from './logged-event.ts'

export const followEvents = operation('GET', '/v1/events/following', {
  summary: 'Events after a position of the types that the calling service consumes, as they come',
  auth: { service: ['api-gateway', ...webClients, ...storingServices] },
  /** Without both, the end of the log is answered at once. */
  query: z.strictObject({
    incarnation: z.uuid().optional(),
    after: z.coerce.number().int().min(0).optional(),
  }),
  reply: {
    200: z.object({
      incarnation: z.uuid(),
      /** Every event up to here that was asked for is in this answer or was in one before. */
      upTo: z.int(),
      types: z.array(z.string()),
      events: z.array(loggedEvent),
    }),
  },
  problems: [incarnationEnded],
  example: {
    query: { incarnation: exampleLoggedEvent.incarnation, after: '1041' },
    reply: {
      incarnation: exampleLoggedEvent.incarnation,
      upTo: 1042,
      types: ['session.revoked'],
      events: [exampleLoggedEvent],
    },
  },
})
