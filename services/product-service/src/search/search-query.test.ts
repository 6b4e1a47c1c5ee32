import { expect, test } from 'vitest'
import { phrasesOf, tsquery } from './search-query.ts'

const alike = (...words: string[]) => ({ typedKeys: words, wordKeys: words })
const oneWay = (typed: string, ...words: string[]) => ({ typedKeys: [typed], wordKeys: words })

test.each([
  ['clay pot', [], 'clay:* & pot:*'],
  ['pot', [alike('pot', 'planter')], '((pot:*) | (planter:*))'],
  ['big pot', [alike('pot', 'flower tub')], 'big:* & ((pot:*) | (flower <-> tub:*))'],
  [
    'big flower tub',
    [alike('pot', 'flower tub'), alike('tub', 'bath')],
    'big:* & ((flower:* & tub:*) | (pot:*))',
  ],
  ['seat', [oneWay('seat', 'chair', 'stool')], '((seat:*) | (chair:*) | (stool:*))'],
  ['chair', [oneWay('seat', 'chair', 'stool')], 'chair:*'],
  ['pot', [alike('pot', 'tub'), oneWay('pot', 'tub')], '((pot:*) | (tub:*))'],
  ['', [], ''],
])('%s is looked for with its synonyms', (typed, synonyms, expected) => {
  expect(tsquery(typed === '' ? [] : typed.split(' '), synonyms)).toBe(expected)
})

test('a run of words is compared up to the length of a synonym', () => {
  expect(phrasesOf(['a', 'b'])).toEqual(['a', 'a b', 'b'])
  expect(phrasesOf(['a', 'b', 'c', 'd', 'e'])).not.toContain('a b c d e')
})
