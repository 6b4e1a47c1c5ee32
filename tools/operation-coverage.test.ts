import { expect, test } from 'vitest'
import { contract, nothing, operation, problem } from '../packages/contracts/src/index.ts'
import { unexercised } from './operation-coverage.ts'

const taken = problem('conflict', 'thing.name_taken', 'Taken')
const { operations } = contract('thing-service', {
  makeThing: operation('POST', '/v1/things', {
    summary: 'Make a thing',
    auth: { permission: 'thing:thing:create' },
    reply: { 204: nothing },
    problems: [taken],
    example: {},
  }),
})

test('an operation must succeed, be refused to others, and answer each of its problems', () => {
  const list = Object.values(operations)
  expect(unexercised(list, new Set())).toEqual([
    'thing-service.makeThing was never seen to answer ok, identity.credential_missing, identity.permission_denied, thing.name_taken',
  ])
  const seen = ['ok', 'identity.credential_missing', 'identity.permission_denied'].map(
    (one) => `makeThing ${one}`,
  )
  expect(unexercised(list, new Set(seen))).toEqual([
    'thing-service.makeThing was never seen to answer thing.name_taken',
  ])
  expect(unexercised(list, new Set([...seen, 'makeThing thing.name_taken']))).toEqual([])
})
