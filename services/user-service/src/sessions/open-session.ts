import type { Context, Statement } from '@prognetwork/contracts'
import { sessionOpened } from '@prognetwork/contracts/user'
import {
  type Audit,
  type EventPublisher,
  newId,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import { insertSession } from './sessions.store.ts'

/** How somebody showed who they are, in the words of RFC 8176. */
export type AuthenticationMethod = 'pwd'

/** An account that has shown who it is and is about to get a session. */
export interface AuthenticatedAccount {
  readonly id: string
  readonly roles: readonly string[]
}

/** The cookie a session is under, when it is a browser's. */
export interface BrowserCredential {
  readonly client: string
  readonly hash: Buffer
}

/** A session as it will be once the statements have committed. */
interface Opening {
  readonly id: string
  readonly openedAt: string
  readonly expiresAt: string
  readonly statements: readonly Statement[]
}

const sessionMs = 7 * 24 * 3_600_000
/** A browser that is not used for this long is signed out. */
export const browserIdleMs = 24 * 3_600_000

export type OpenSession = (
  ctx: Context,
  account: Pick<AuthenticatedAccount, 'id'>,
  options: {
    readonly methods: readonly string[]
    readonly browser?: BrowserCredential
    /** The sign-in it goes on from: its time counts as the person's, and its end is kept. */
    readonly follows?: {
      readonly sessionId: string
      readonly authenticatedAt: string
      readonly endsAt: string
    }
  },
) => Promise<Opening>

/**
 * The only way to a session, whatever the method was and whatever the session is kept under. What
 * every session must pass (second factors, policy) is enforced here and nowhere else. The id is new
 * each time and the cookie's value too, so nothing that was there before a sign-in is worth more
 * after it.
 */
export function createOpenSession(parts: {
  readonly events: EventPublisher
  readonly audit: Audit
  readonly realTime: RealTime
}): OpenSession {
  const { events, audit, realTime } = parts
  return async (ctx, account, { methods, browser, follows }) => {
    const id = newId()
    const openedAt = realTime.now()
    const latest = realTime.now(sessionMs)
    const endsAt = follows && follows.endsAt < latest ? follows.endsAt : latest
    const expiresAt = browser ? earlier(endsAt, realTime.now(browserIdleMs)) : endsAt
    const statements = [
      insertSession(
        id,
        account.id,
        methods,
        ctx.address ?? null,
        ctx.userAgent ?? null,
        openedAt,
        expiresAt,
        browser?.client ?? null,
        browser?.hash ?? null,
        browser ? endsAt : null,
        follows?.authenticatedAt ?? null,
        follows?.sessionId ?? null,
      ),
      await events.put(ctx, sessionOpened, {
        sessionId: id,
        userId: account.id,
        methods: [...methods],
      }),
      audit(ctx, {
        action: 'session.opened',
        outcome: 'success',
        subject: account.id,
        resource: `session/${id}`,
        detail: { methods, ...(browser && { client: browser.client }) },
      }),
    ]
    return { id, openedAt, expiresAt, statements }
  }
}

/** The earlier of two moments; RFC 3339 in UTC sorts as text. */
export function earlier(one: string, other: string): string {
  return one < other ? one : other
}
