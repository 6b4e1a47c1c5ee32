import type { Log } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { contextOf } from '../../test/context.ts'
import { createJobContext } from './job-context.ts'

test('one row whose work fails is told with its tenant, and holds up no other', async () => {
  const told: object[] = []
  const nothing = () => {}
  const log: Log = {
    ...{ debug: nothing, info: nothing, error: nothing },
    warn: (fields) => told.push(fields),
    child: () => log,
  }
  const job = createJobContext(contextOf('platform'), contextOf, log)
  const done: string[] = []
  const failure = new Error('no')
  await job.forEach(
    ['a', 'b', 'c'].map((tenantId) => ({ tenantId, id: `${tenantId}1` })),
    async (ctx, { id }) => {
      if (id === 'b1') throw failure
      done.push(`${ctx.scope.tenantId}/${id}`)
    },
  )
  expect(done).toEqual(['a/a1', 'c/c1'])
  expect(told).toEqual([{ error: failure, tenantId: 'b', id: 'b1' }])
})
