// WCAG 2.2, 1.4.3 and 1.4.11: what is read stands out by 4.5, what is only seen by 3; in both themes.
import { readFileSync } from 'node:fs'
import Color from 'colorjs.io'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../src/house.css', import.meta.url), 'utf8')
const pairs = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((oklch\([^)]+\)), (oklch\([^)]+\))\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
)

const grounds = ['bg', 'panel']
const read = ['fg', 'quiet', 'signal', 'ok', 'warn', 'bad']
const cases: [text: string, ground: string, least: number][] = [
  ...read.flatMap((text) =>
    grounds.map((ground) => [text, ground, 4.5] as [string, string, number]),
  ),
  ['on-ink', 'ink', 4.5],
  ['fg', 'signal-soft', 4.5],
  ['fg', 'bad-soft', 4.5],
  ['edge', 'bg', 3],
  ['edge', 'panel', 3],
]

describe.for(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.for(cases)('%s stands out from %s by %f', ([text, ground, least]) => {
    const [one, other] = [pairs.get(text), pairs.get(ground)]
    if (!one || !other) throw new Error(`there is no ${text} or no ${ground}`)
    expect(new Color(one[theme]).contrast(other[theme], 'WCAG21')).toBeGreaterThanOrEqual(least)
  })
})

test('every colour has a value for either theme', () => {
  const colours = [...css.matchAll(/--([a-z-]+): [^;]*oklch/g)].map(([, name]) => name)
  expect([...pairs.keys()]).toEqual(colours)
})
