import type { Context, Input, Output, Statement } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import {
  command,
  listPage,
  newId,
  type PlatformDoor,
  readCursor,
  statement,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'

type List = typeof userContract.operations.listCapturedMail

/** A mail to one person, plain text. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

const insertMail = command<unknown[]>(
  'captured_mail.insert',
  'insert into captured_mail (id, recipient, subject, body, at) values ($1, $2, $3, $4, $5)',
)

/** Newest first, of the tenants that the role sees; `before` is the id of the last one shown. */
export const listMail = statement<
  { id: string; to: string; subject: string; text: string; at: string },
  [recipient: string | null, before: string | null, limit: number]
>(
  'captured_mail.list',
  `select id, recipient as to, subject, body as text, at from captured_mail
   where ($1::text is null or recipient = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)

/** Keeps a mail where an operator can read it, as a statement of the transaction that causes it. */
export function captureMail(ctx: Context, mail: Mail): Statement {
  return insertMail(newId(), mail.to, mail.subject, mail.text, ctx.now)
}

export function createCapturedMail({ platform }: { platform: PlatformDoor }) {
  return {
    async list(ctx: Context, { query }: Input<List>): Promise<Output<List>> {
      const [before] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
      const rows = await platform.read(
        ctx,
        'read captured mail',
        listMail(query.to ?? null, before ?? null, query.limit + 1),
      )
      return listPage(rows, query.limit, (row) => [row.id])
    },
  }
}
