import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { id, nothing } from '../shapes.ts'
import { accountMissing } from './accounts.ts'
import { ownerLast } from './memberships.ts'

export const eraseAccount = operation('DELETE', '/v1/accounts/{accountId}', {
  summary: 'Erase a person, in every tenant and in the history of events; it cannot be undone',
  auth: { permission: 'user:account:delete' },
  params: z.strictObject({ accountId: id('account') }),
  reply: { 204: nothing },
  problems: [accountMissing, ownerLast],
  example: { params: { accountId: examples.id() } },
})
