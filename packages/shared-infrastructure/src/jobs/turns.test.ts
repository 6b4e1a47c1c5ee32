import type { Context } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

const ctx = {} as Context

test('what is due is taken lot by lot, and from the beginning again', async () => {
  let due = ['a', 'b', 'c', 'd', 'e']
  const next = createTurns(2, async (_, after, limit) =>
    due
      .filter((id) => after === null || id > after)
      .slice(0, limit)
      .map((id) => ({ id })),
  )
  const taken = async () => (await next(ctx)).map(({ id }) => id).join('')
  expect([await taken(), await taken(), await taken(), await taken()]).toEqual([
    ...['ab', 'cd', 'e', 'ab'],
  ])
  due = ['a', 'b']
  expect([await taken(), await taken()]).toEqual(['ab', 'ab'])
  due = []
  expect([await taken(), await taken()]).toEqual(['', ''])
})
