import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.for([
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ['a, "b"', '"a, ""b"""'],
  ['two\nlines', '"two\nlines"'],
  ['plain', 'plain'],
  ['', ''],
])('a cell %j is written as text', ([value = '', written]) => {
  expect(csvLine([value])).toBe(`${written}\r\n`)
})

test('numbers stay numbers', () => {
  expect(csvLine([-5, 'a'])).toBe('-5,a\r\n')
})
