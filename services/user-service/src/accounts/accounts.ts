import type { Context, Input, Output } from '@prognetwork/contracts'
import { common } from '@prognetwork/contracts'
import {
  accountMissing,
  timezoneUnknown,
  type userContract,
  userUpdated,
} from '@prognetwork/contracts/user'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type IdempotentContext,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { type Account, findAccount, listAccounts, updateAccount } from './accounts.store.ts'

type Operations = typeof userContract.operations

/** Reading and changing accounts that exist; how they come to be is in sign-up.ts. */
export function createAccounts(parts: { db: Database; events: EventPublisher; audit: Audit }) {
  const { db, events, audit } = parts
  return {
    async readProfile(ctx: Context): Promise<Account> {
      refuseOthers(ctx)
      const [account] = await db.read(ctx, findAccount(ctx.principal.subject))
      return account ?? accountGone()
    },

    async changeProfile(
      ctx: IdempotentContext<Account>,
      { body }: Input<Operations['changeProfile']>,
    ): Promise<Account> {
      refuseOthers(ctx)
      if (body.timezone !== undefined) checkTimezone(body.timezone)
      const userId = ctx.principal.subject
      const changed = Object.keys(body)
      return db.transaction(ctx, async (tx) => {
        const [account] = await tx.run(
          updateAccount(
            userId,
            body.displayName ?? null,
            body.locale ?? null,
            body.timezone ?? null,
            ctx.now,
          ),
        )
        if (!account) return accountGone()
        const { version, ...answer } = account
        await tx.batch([
          await events.put(ctx, userUpdated, { userId, changed }, { aggregateVersion: version }),
          audit(ctx, { action: 'user.updated', outcome: 'success', detail: { changed } }),
          ctx.answer(answer),
        ])
        return answer
      })
    },

    async read(ctx: Context, { params }: Input<Operations['readAccount']>): Promise<Account> {
      const [account] = await db.read(ctx, findAccount(params.accountId))
      if (!account) throw new Problem(accountMissing, 'Look at the list of accounts')
      return account
    },

    async list(
      ctx: Context,
      { query }: Input<Operations['listAccounts']>,
    ): Promise<Output<Operations['listAccounts']>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await db.read(
        ctx,
        listAccounts(query.email ?? null, before ?? null, query.limit + 1, query.words ?? null),
      )
      return listPage(rows, query.limit, (row) => [row.id])
    },
  }
}

/** Keys have no profile, and whoever acts for a tenant has theirs where they signed in. */
function refuseOthers({ principal }: Context): void {
  if (principal.kind !== 'user' || principal.actor)
    throw new Problem(common.permissionDenied, 'Only a person where they signed in has a profile')
}

/** The credential outlived its account. */
function accountGone(): never {
  throw new Problem(common.credentialInvalid, 'The account of this credential is gone')
}

/** IANA names, as far as this runtime knows them. */
function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch (cause) {
    throw new Problem(timezoneUnknown, 'Use a name of the IANA time zone database', {
      cause,
      errors: [
        { pointer: '/body/timezone', expected: 'such as Europe/London', detail: 'Not known' },
      ],
    })
  }
}
