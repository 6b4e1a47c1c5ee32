import { expect, test } from 'vitest'
import { cut, fold, plainText, safeMarkup, slugOf } from './folding.ts'

test('words are compared without case, accents and punctuation', () => {
  expect(fold('  Crème-Brûlée, 100% "Genuine"! ')).toBe('creme brulee 100 genuine')
  expect(fold('日本のお茶')).toBe('日本のお茶'.normalize('NFKD').replaceAll(/\p{M}/gu, ''))
  expect(fold('ÅNGSTRÖM')).toBe(fold('ångström'))
})

test('a name becomes an address', () => {
  expect(slugOf('Large Pot (Clay)')).toBe('large-pot-clay')
  expect(slugOf('!!!')).toBe('')
  expect(slugOf('20240101 2024 calendar')).toBe('202401012024-calendar')
})

test('a text is not cut within a character', () => {
  expect(cut('a𠮷𠮷', 2)).toBe('a')
  expect(cut('a𠮷𠮷', 3)).toBe('a𠮷')
})

test.each([
  ['<script>alert(1)</script><p>A</p>', '<p>A</p>'],
  ['<p onclick="x()">A</p>', '<p>A</p>'],
  ['<a href="javascript:x()">A</a>', '<a>A</a>'],
  ['<img src="data:image/svg+xml,<svg/>" alt="a">', '<img alt="a" />'],
  ['<iframe src="https://example.com"></iframe>B', 'B'],
  ['<svg><script>x()</script></svg>C', 'C'],
])('%s loses what could run', (html, safe) => {
  expect(safeMarkup(html)).toBe(safe)
})

test('the words of a description stay apart when its elements are gone', () => {
  expect(fold(plainText('<p>Fired</p><p>twice</p>'))).toBe('fired twice')
  expect(fold(plainText('R&D <p>1 &lt; 2</p>'))).toBe('r d 1 2')
})
