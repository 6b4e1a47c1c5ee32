import fc from 'fast-check'
import { expect, test } from 'vitest'
import { camelCase, environmentKey, screamingSnake } from './key-name.ts'

test('a key of a service carries the name of the service, one of the platform carries none', () => {
  expect(environmentKey('order-service', 'databaseUrl')).toBe('ORDER_SERVICE_DATABASE_URL')
  expect(environmentKey('platform', 'databaseUrl')).toBe('DATABASE_URL')
})

test('every camelCase name comes back from its environment form', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
  const name = fc
    .array(word, { minLength: 1, maxLength: 5 })
    .map(([first = 'a', ...rest]) =>
      [first, ...rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1))].join(''),
    )
  fc.assert(fc.property(name, (each) => camelCase(screamingSnake(each)) === each))
})
