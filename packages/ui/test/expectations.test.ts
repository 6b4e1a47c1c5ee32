import { expect, test } from 'vitest'
import { expectationText } from '../src/expectations.ts'

test.for([
  [{ expected: 'at least 8 characters', code: 'min_length', limit: 8 }, 'mindestens 8 Zeichen'],
  [{ expected: 'at most 1000000', code: 'max', limit: 1_000_000 }, 'höchstens 1.000.000'],
  [{ expected: 'email', code: 'email' }, 'eine E-Mail-Adresse'],
  [{ expected: 'one nobody has', code: undefined }, 'one nobody has'],
] as const)('%j is told in German', ([expectation, text]) => {
  expect(expectationText(expectation, 'de-DE')).toBe(text)
})

test('it is told in English where there are no words of the language', () => {
  expect(expectationText({ expected: 'email', code: 'email' }, 'fr')).toBe('an e-mail address')
})
