import { expect, test } from 'vitest'
import { readDecimal, readValue } from './attribute-values.ts'

test.each([
  ['7', '7'],
  ['007.50', '7.5'],
  ['-0.0', '0'],
  ['-0.25', '-0.25'],
  ['+3', '3'],
  ['0.000001', '0.000001'],
  ['999999999999999.999999', '999999999999999.999999'],
  ['1e3', undefined],
  ['1,5', undefined],
  ['.5', undefined],
  ['0.0000001', undefined],
  ['1234567890123456', undefined],
  ['', undefined],
])('the number %s is kept as %s', (text, expected) => {
  expect(readDecimal(text)).toBe(expected)
})

test('a value is what its attribute allows', () => {
  const choices = ['Red', 'Blue']
  expect(readValue({ type: 'choice', choices }, 'Red')).toBe('Red')
  expect(readValue({ type: 'choice', choices }, 'red')).toBeUndefined()
  expect(readValue({ type: 'boolean', choices: [] }, 'TRUE')).toBe('true')
  expect(readValue({ type: 'boolean', choices: [] }, 'yes')).toBeUndefined()
  expect(readValue({ type: 'text', choices: [] }, 'Any words')).toBe('Any words')
})
