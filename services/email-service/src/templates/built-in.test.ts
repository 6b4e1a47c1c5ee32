import { afterAll, expect, test } from 'vitest'
import { createRendering } from '../rendering/rendering.ts'
import { builtInTemplates, orderSample } from './built-in.ts'

const rendering = createRendering()
afterAll(() => rendering.close())

test.each(Object.entries(builtInTemplates))('%s can be used as it is', async (_, source) => {
  const compiled = await rendering.compile(source, orderSample)
  const { subject, html, text } = await rendering.fill(compiled, orderSample, { isStrict: true })
  expect(subject).toContain('7F3K2Q9D4X')
  for (const part of [html, text]) {
    expect(part).toContain('https://shop.example.com/orders/7F3K2Q9D4X')
    expect(part).not.toMatch(/\{\{|\{%|undefined|null|\[object/)
  }
  expect(html).not.toMatch(/<mj-/)
})
