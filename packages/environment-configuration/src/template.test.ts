// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration is filled in by the same signs
import { expect, test } from 'vitest'
import { expand } from './template.ts'

const values: Record<string, string> = { HOST: 'db', PORT: '5432' }
const fill = (text: string) => expand(text, (name) => values[name])

test('a reference is replaced by the value, several in one text', () => {
  expect(fill('postgres://${HOST}:${PORT}/app')).toBe('postgres://db:5432/app')
})

test('the text after :- stands in for a value that is not set, and is filled in itself', () => {
  expect(fill('${MISSING:-x}${HOST:-x}')).toBe('xdb')
  expect(fill('${MISSING:-${OTHER:-${HOST}}}!')).toBe('db!')
  expect(fill('${MISSING:-}')).toBe('')
})

test('a doubled dollar keeps a reference as text', () => {
  expect(fill('$${HOST} ${HOST}')).toBe('${HOST} db')
})

test('dollars that open no reference stay, so that passwords survive', () => {
  for (const text of [
    'pa$$word',
    '$HOST',
    '${',
    '${HOST',
    '${1}',
    '${HOST:+x}',
    '100 $',
    '${HOST:-',
  ]) {
    expect(fill(text)).toBe(text)
  }
})

test('a reference without another text is asked for as required', () => {
  const asked: [string, boolean][] = []
  expand('${A}${B:-x}', (name, required) => {
    asked.push([name, required])
    return undefined
  })
  expect(asked).toEqual([
    ['A', true],
    ['B', false],
  ])
})
