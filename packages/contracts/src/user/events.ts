import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { email, id, personal } from '../shapes.ts'

const userId = examples.id()
const sessionId = examples.id(1)

export const userCreated = event(
  'user.created',
  1,
  z.object({ userId: id('account'), email: personal(email, 'userId') }),
  { key: 'userId', example: { userId, email: examples.email } },
)

export const userUpdated = event(
  'user.updated',
  1,
  z.object({ userId: id('account'), changed: z.array(z.string()) }),
  { key: 'userId', example: { userId, changed: ['locale'] } },
)

export const userEmailVerified = event(
  'user.email_verified',
  1,
  z.object({ userId: id('account') }),
  { key: 'userId', example: { userId } },
)

/**
 * A person is nobody known any more, in the event's tenant: whoever keeps something of theirs erases
 * it, and what the log says about them cannot be read.
 */
export const subjectErased = event('subject.erased', 1, z.object({ subjectId: z.uuid() }), {
  key: 'subjectId',
  example: { subjectId: userId },
})

export const sessionOpened = event(
  'session.opened',
  1,
  z.object({ sessionId: id('session'), userId: id('account'), methods: z.array(z.string()) }),
  { key: 'sessionId', example: { sessionId, userId, methods: ['password'] } },
)

export const sessionRevoked = event(
  'session.revoked',
  1,
  z.object({
    sessionId: id('session'),
    userId: id('account'),
    reason: z.enum(['signed_out', 'revoked', 'password_reset', 'refresh_reused', 'code_reused']),
  }),
  { key: 'sessionId', example: { sessionId, userId, reason: 'signed_out' } },
)

export const actingSessionEnded = event(
  'acting_session.ended',
  1,
  z.object({ sessionId: id('acting_session'), userId: id('account') }),
  { key: 'sessionId', example: { sessionId: examples.id(4), userId } },
)

/** A fact without an aggregate: the account is known only when the address was. */
export const authenticationFailed = event(
  'authentication.failed',
  1,
  z.object({
    attemptId: id('attempt'),
    userId: id('account').nullable(),
    reason: z.enum(['credentials_wrong', 'too_many_attempts', 'refresh_reused', 'code_reused']),
  }),
  { key: 'attemptId', example: { attemptId: sessionId, userId, reason: 'credentials_wrong' } },
)

const roles = z.array(z.string())

/** The aggregate is the person in the event's tenant. */
export const membershipCreated = event(
  'membership.created',
  1,
  z.object({ userId: id('account'), roles }),
  { key: 'userId', example: { userId, roles: ['manager'] } },
)

export const membershipChanged = event(
  'membership.changed',
  1,
  z.object({ userId: id('account'), roles }),
  { key: 'userId', example: { userId, roles: ['viewer'] } },
)

export const membershipRemoved = event(
  'membership.removed',
  1,
  z.object({ userId: id('account'), reason: z.enum(['removed', 'left']) }),
  { key: 'userId', example: { userId, reason: 'left' } },
)

export const invitationCreated = event(
  'invitation.created',
  1,
  z.object({ invitationId: id('invitation'), invitedBy: z.string(), roles }),
  {
    key: 'invitationId',
    example: { invitationId: examples.id(3), invitedBy: userId, roles: ['manager'] },
  },
)

export const roleChanged = event(
  'role.changed',
  1,
  z.object({
    name: z.string(),
    change: z.enum(['created', 'changed', 'deleted']),
    patterns: z.array(z.string()),
  }),
  {
    key: 'name',
    example: { name: 'stock-keeper', change: 'created', patterns: ['product:*:read'] },
  },
)

export const apiKeyCreated = event(
  'api_key.created',
  1,
  z.object({ apiKeyId: id('api_key'), scopes: z.array(z.string()) }),
  { key: 'apiKeyId', example: { apiKeyId: examples.id(5), scopes: ['product:stock:update'] } },
)

export const apiKeyRevoked = event('api_key.revoked', 1, z.object({ apiKeyId: id('api_key') }), {
  key: 'apiKeyId',
  example: { apiKeyId: examples.id(5) },
})

/** It has a new secret; the one before works on until the end of its overlap. */
export const apiKeyRotated = event('api_key.rotated', 1, z.object({ apiKeyId: id('api_key') }), {
  key: 'apiKeyId',
  example: { apiKeyId: examples.id(5) },
})
