import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, Input, ReturnClient, Transaction } from '@prognetwork/contracts'
import {
  authenticationFailed,
  codeRefused,
  returnOriginUnknown,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type Handlers,
  newId,
  Problem,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import {
  type CookieReader,
  clientOf,
  newCredential,
  ofBrowser,
  refused,
} from '../browser-sessions/browser-sessions.ts'
import { tokenHash } from '../one-time-tokens/one-time-tokens.ts'
import type { OpenSession } from '../sessions/open-session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { type Code, insertCode, lockCode, useCode } from './sign-in-codes.store.ts'

type UserHandlers = Handlers<typeof userContract>
type Redemption = Input<typeof userContract.operations.redeemSignInCode>['body']

const lifetimeMs = 60_000

/**
 * Codes by which a sign-in at the auth client becomes a session at another one (RFC 6749, section
 * 4.1.2, with PKCE, RFC 7636, and what RFC 9700 asks of both). A code is good for one client, one
 * tenant, one origin and one minute, and for whoever has the verifier. Whatever is presented wrongly
 * is spoilt, and whatever is presented twice has leaked: then the session it gave ends.
 */
export function createSignInCodes(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly openSession: OpenSession
  readonly sessions: Sessions
  readonly readCookie: CookieReader
  readonly isRegistered: (ctx: Context, client: ReturnClient, origin: string) => Promise<boolean>
  readonly realTime: RealTime
}) {
  const { db, events, audit, openSession, sessions, readCookie, isRegistered, realTime } = parts

  const create: UserHandlers['createSignInCode'] = async (ctx, { body }) => {
    const { client, returnOrigin } = body
    const { sessionId, accountId, own } = await readCookie(ctx, body.credential)
    // Who acts for a tenant has signed in elsewhere, and is nobody here.
    if (!own) throw refused()
    if (!(await isRegistered(ctx, client, returnOrigin)))
      throw new Problem(returnOriginUnknown, `${returnOrigin} is none of the ${client}'s`, {
        errors: [
          {
            pointer: '/body/returnOrigin',
            expected: 'an address of the client for this tenant',
            detail: 'It is not registered',
          },
        ],
      })
    const code = `sc_${randomBytes(32).toString('base64url')}`
    const expiresAt = realTime.now(lifetimeMs)
    const challenge = Buffer.from(body.codeChallenge, 'base64url')
    await db.batch(ctx, [
      insertCode(tokenHash(code), sessionId, client, returnOrigin, challenge, expiresAt),
      audit(ctx, {
        action: 'sign_in_code.created',
        outcome: 'success',
        subject: accountId,
        resource: `session/${sessionId}`,
        detail: { client, returnOrigin },
      }),
    ])
    return { code, returnOrigin, expiresAt }
  }

  /** What was given by a code that is here again ends, whoever brought it (RFC 6749, 4.1.2). */
  async function endReused(ctx: Context, tx: Transaction, code: Code): Promise<void> {
    const { openedSessionId, accountId } = code
    if (openedSessionId === null) return
    await sessions.revokeWithin(ctx, tx, { id: openedSessionId, accountId }, 'code_reused')
    await tx.run(
      await events.put(ctx, authenticationFailed, {
        attemptId: newId(),
        userId: accountId,
        reason: 'code_reused',
      }),
    )
  }

  /** Commits the refusal too: a spoilt code stays spoilt. */
  async function refuse(ctx: Context, tx: Transaction, reason: string, code?: Code): Promise<void> {
    await tx.run(
      audit(ctx, {
        action: 'session.opened',
        outcome: 'failure',
        subject: code?.accountId ?? '',
        detail: { reason, client: clientOf(ctx) },
      }),
    )
  }

  async function attempt(ctx: Context, tx: Transaction, body: Redemption) {
    const now = realTime.now()
    const hash = tokenHash(body.code)
    const [code] = await tx.run(lockCode(hash, now))
    if (code?.used) await endReused(ctx, tx, code)
    const wrong = whatIsWrong(code, body, clientOf(ctx))
    if (!code || wrong) {
      if (code && !code.used) await tx.run(useCode(hash, now, null))
      return refuse(ctx, tx, wrong ?? 'code_unknown', code)
    }
    const { credential, browser } = newCredential(ctx)
    const { accountId, methods } = code
    const opening = await openSession(ctx, { id: accountId }, { methods, browser, follows: code })
    await sessions.replaceWithin(ctx, tx, browser.client, body.replaces)
    await tx.batch([...opening.statements, useCode(hash, now, opening.id)])
    return { credential, sessionId: opening.id, accountId, expiresAt: opening.expiresAt }
  }

  const redeem: UserHandlers['redeemSignInCode'] = async (given, { body }) => {
    const ctx = ofBrowser(given, body.userAgent)
    const opened = await db.transaction(ctx, (tx) => attempt(ctx, tx, body))
    if (!opened) throw new Problem(codeRefused, 'Begin at the sign-in page')
    return opened
  }

  return { create, redeem }
}

/** Named for the audit trail; whoever presents the code is told nothing of it. */
function whatIsWrong(
  code: Code | undefined,
  { codeVerifier, returnOrigin }: Redemption,
  client: string,
): string | undefined {
  if (!code) return 'code_unknown'
  if (code.used) return 'code_reused'
  if (code.expired) return 'code_expired'
  if (!code.open) return 'session_ended'
  if (code.client !== client) return 'code_of_another_client'
  if (code.returnOrigin !== returnOrigin) return 'code_of_another_origin'
  const shown = createHash('sha256').update(codeVerifier).digest()
  return timingSafeEqual(shown, code.challenge) ? undefined : 'verifier_wrong'
}
