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
    reason: z.enum(['signed_out', 'revoked', 'password_reset', 'refresh_reused']),
  }),
  { key: 'sessionId', example: { sessionId, userId, reason: 'signed_out' } },
)

/** A fact without an aggregate: the account is known only when the address was. */
export const authenticationFailed = event(
  'authentication.failed',
  1,
  z.object({
    attemptId: id('attempt'),
    userId: id('account').nullable(),
    reason: z.enum(['credentials_wrong', 'too_many_attempts', 'refresh_reused']),
  }),
  { key: 'attemptId', example: { attemptId: sessionId, userId, reason: 'credentials_wrong' } },
)
