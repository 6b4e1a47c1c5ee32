import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, page, pageQuery, text, timestamp } from '../shapes.ts'

/** What somebody is to the tenant they act for. */
export const standing = z.enum(['member', 'operator'])

export const tenantClosed = problem(
  'forbidden',
  'user.tenant_closed',
  'The account cannot act for this tenant',
)
export const reasonMissing = problem(
  'unprocessable',
  'user.reason_missing',
  'An operator acts for a tenant for a reason only',
)
export const actingSessionMissing = problem(
  'missing',
  'user.acting_session_missing',
  'Nobody acts for the tenant in such a session',
)

/** A token exchange (RFC 8693); lifetime in seconds. There is no refresh token: exchange again. */
const actingToken = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
  sessionId: id('acting_session'),
  tenantId: id('tenant'),
  standing,
  roles: z.array(z.string()),
})
const exampleToken = {
  accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJl',
  tokenType: 'Bearer',
  expiresIn: 1800,
  sessionId: examples.id(4),
  tenantId: examples.id(2),
  standing: 'member',
  roles: ['manager'],
}

export const openTenantSession = operation('POST', '/v1/sessions/tenant', {
  summary: 'Act for a tenant for half an hour: as its member, or as an operator with a reason',
  auth: { signedIn: true },
  body: z.strictObject({ tenantId: id('tenant'), reason: text(1, 500).optional() }),
  reply: { 201: actingToken },
  problems: [tenantClosed, reasonMissing],
  example: { body: { tenantId: examples.id(2) }, reply: exampleToken },
})

const actingSession = z.object({
  id: id('acting_session'),
  accountId: id('account'),
  displayName: z.string(),
  standing,
  reason: z.string().nullable(),
  createdAt: timestamp,
  expiresAt: timestamp,
  endedAt: timestamp.nullable(),
})

export const listActingSessions = operation('GET', '/v1/acting-sessions', {
  summary: 'Who acts for the tenant, or did within the last week, newest first',
  auth: { permission: 'user:acting_session:read' },
  query: pageQuery,
  reply: { 200: page(actingSession) },
  example: {
    query: {},
    reply: {
      items: [
        {
          id: examples.id(4),
          accountId: examples.id(),
          displayName: 'Ada Lovelace',
          standing: 'operator',
          reason: 'The tenant asked for help with an order',
          createdAt: examples.time,
          expiresAt: examples.time,
          endedAt: null,
        },
      ],
      next: null,
    },
  },
})

export const endActingSession = operation('DELETE', '/v1/acting-sessions/{sessionId}', {
  summary: 'End what somebody does for the tenant, an operator too',
  auth: { permission: 'user:acting_session:delete' },
  params: z.strictObject({ sessionId: id('acting_session') }),
  reply: { 204: nothing },
  problems: [actingSessionMissing],
  example: { params: { sessionId: examples.id(4) } },
})
