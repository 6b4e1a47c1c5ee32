import type { Context, Input, Output, Statement } from '@prognetwork/contracts'
import {
  authenticationFailed,
  credentialsWrong,
  tooManyAttempts,
  type userContract,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  command,
  type Database,
  type EventPublisher,
  newId,
  Problem,
  type RealTime,
  statement,
} from '@prognetwork/shared-infrastructure'
import type { Passwords } from '../passwords/passwords.ts'
import type { AuthenticatedAccount } from '../sessions/open-session.ts'
import type { Sessions } from '../sessions/sessions.ts'
import {
  countFailures,
  findFailures,
  forgetFailuresHere,
  limitKeys,
  waitMs,
} from './sign-in-limit.ts'
import { createTurns } from './turns.ts'

type Operations = typeof userContract.operations
type PasswordCredentials = Pick<Input<Operations['signIn']>['body'], 'email' | 'password'>
/** Opens a session for who has shown the password; `also` must commit with it. */
type Open<T> = (account: AuthenticatedAccount, also: readonly Statement[]) => Promise<T>

const findCredential = statement<
  {
    id: string
    status: string
    verified: boolean
    passwordHash: string | null
    roles: string[] | null
    placeIsKnown: boolean
  },
  [email: string, place: string]
>(
  'sign_in.find_credential',
  `select a.id, a.status, a.email_verified_at is not null as verified,
     c.password_hash as "passwordHash", m.roles, k.place is not null as "placeIsKnown"
   from account a
   left join credential c on c.account_id = a.id and c.tenant_id = a.tenant_id
   left join membership m on m.account_id = a.id and m.tenant_id = a.tenant_id
   left join known_place k on k.account_id = a.id and k.tenant_id = a.tenant_id and k.place = $2
   where a.email = $1`,
)

const rememberPlace = command<[accountId: string, place: string, realNow: string]>(
  'known_place.remember',
  `insert into known_place (account_id, place, last_used_at) values ($1, $2, $3)
   on conflict (tenant_id, account_id, place) do update set last_used_at = excluded.last_used_at`,
)

/**
 * Sign-in with e-mail and password. An unknown address and a wrong password are answered alike,
 * after the same work. Attempts on one address from one place take turns, so that a burst sent at
 * once is counted as well as one sent in a row.
 */
export function createSignIn(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly realTime: RealTime
}) {
  const { db, events, audit, passwords, sessions, realTime } = parts
  const inTurn = createTurns()

  async function refuse(
    ctx: Context,
    email: string,
    place: string,
    accountId: string | undefined,
  ): Promise<never> {
    await db.batch(ctx, [
      ...countFailures(email, place, realTime),
      await events.put(ctx, authenticationFailed, {
        attemptId: newId(),
        userId: accountId ?? null,
        reason: 'credentials_wrong',
      }),
      audit(ctx, {
        action: 'session.opened',
        outcome: 'failure',
        subject: accountId ?? '',
        detail: { reason: 'credentials_wrong' },
      }),
    ])
    throw new Problem(credentialsWrong, 'Check both; a new password can be set by mail')
  }

  async function attempt<T>(
    ctx: Context,
    { email, password }: PasswordCredentials,
    place: string,
    open: Open<T>,
  ): Promise<T> {
    const keys = limitKeys(email, place)
    const [[found], failures] = await db.readAll(ctx, [
      findCredential(email, place),
      findFailures([keys.place, keys.anywhere]),
    ])
    const wait = waitMs(failures, keys, found?.placeIsKnown ?? false, realTime)
    if (wait > 0) throw tooMany(wait)
    const matches = await passwords.verify(found?.passwordHash ?? undefined, password)
    if (!found || !matches || !found.verified || found.status !== 'active')
      return refuse(ctx, email, place, found?.id)
    const now = realTime.now()
    return open({ id: found.id, roles: found.roles ?? [] }, [
      forgetFailuresHere(email, place),
      rememberPlace(found.id, place, now),
    ])
  }

  /** `open` gives the session once the password is the right one. */
  function byPassword<T>(ctx: Context, given: PasswordCredentials, open: Open<T>): Promise<T> {
    const place = ctx.address ?? ''
    return inTurn(`${ctx.scope.tenantId} ${given.email} ${place}`, () =>
      attempt(ctx, given, place, open),
    )
  }

  return {
    byPassword,

    signIn(
      ctx: Context,
      { body }: Input<Operations['signIn']>,
    ): Promise<Output<Operations['signIn']>> {
      return byPassword(ctx, body, (account, also) => sessions.open(ctx, account, ['pwd'], also))
    },
  }
}

export type SignIn = ReturnType<typeof createSignIn>

function tooMany(wait: number): Problem {
  const seconds = Math.ceil(wait / 1000)
  return new Problem(tooManyAttempts, `Try again in ${seconds} seconds, or reset the password`, {
    headers: { 'retry-after': String(seconds) },
  })
}
