import { afterAll, expect, test } from 'vitest'
import { createRendering } from '../rendering/rendering.ts'
import { builtInTemplates, orderSample } from './built-in.ts'

const rendering = createRendering()
afterAll(() => rendering.close())

const inEach = Object.entries(builtInTemplates).flatMap(([name, source]) =>
  ['en', 'de'].map((language) => ({ name, source, language })),
)
test.each(inEach)('$name can be used as it is, in $language', async ({ source, language }) => {
  const compiled = await rendering.compile(source, orderSample)
  const values = { ...orderSample, shop: { ...orderSample.shop, language } }
  const { subject, html, text } = await rendering.fill(compiled, values, { isStrict: true })
  expect(text.includes('Bestellung')).toBe(language === 'de')
  expect(subject).toContain('7F3K2Q9D4X')
  for (const part of [html, text]) {
    expect(part).toContain('https://shop.example.com/orders/7F3K2Q9D4X')
    expect(part).not.toMatch(/\{\{|\{%|undefined|null|\[object/)
  }
  expect(html).not.toMatch(/<mj-/)
})
