import { afterAll, describe, expect, test } from 'vitest'
import { createRendering, Unrenderable } from './rendering.ts'

const rendering = createRendering()
afterAll(() => rendering.close())

const mjml = (inside: string) =>
  `<mjml>\n<mj-body>\n<mj-section><mj-column>\n${inside}\n</mj-column></mj-section></mj-body></mjml>`
const source = (part: Partial<{ subject: string; mjml: string; text: string }>) => ({
  ...{ subject: 'Hello', mjml: mjml('<mj-text>Hello</mj-text>'), text: 'Hello', ...part },
})
const sample = {
  name: 'Ada',
  order: { lines: [{ title: 'Loom', count: 2 }], url: 'https://x.example' },
}

async function faults(work: Promise<unknown>) {
  try {
    await work
  } catch (error) {
    if (error instanceof Unrenderable) return error.faults
    throw error
  }
  throw new Error('it was rendered')
}

test('MJML becomes HTML once, and Liquid is filled in afterwards', async () => {
  const compiled = await rendering.compile(
    source({
      subject: 'For {{ name }}',
      mjml: mjml(
        `<mj-table>{% for line in order.lines %}<tr><td>{% if line.count < 3 %}{{ line.title | append: " & more" }}{% endif %}</td></tr>{% endfor %}</mj-table>
         <mj-button href="{{ order.url | append: "/a" }}">Look</mj-button>`,
      ),
      text: '{{ name }}',
    }),
    sample,
  )
  expect(compiled.html).toContain('{% if line.count < 3 %}{{ line.title | append: " & more" }}')
  const done = await rendering.fill(compiled, {
    ...sample,
    name: '<b>Eve\r\nBcc: all@example.com</b>',
    order: { ...sample.order, lines: [{ title: '<script>x</script>', count: 1 }] },
  })
  expect(done.html).toContain('&lt;script&gt;x&lt;/script&gt; &amp; more')
  expect(done.html).toContain('href="https://x.example/a"')
  expect(done.subject).toBe('For <b>Eve Bcc: all@example.com</b>')
  expect(done.text).toContain('<b>Eve')
})

describe('a template that cannot be used says where and why:', () => {
  test.each([
    ['an element that is not closed', '<mj-text>x', 5, /end of every element|closing|Expected/],
    ['an element MJML does not have', '<mj-txt>x</mj-txt>', 4, /<mj-txt>/],
    ['XML that is none', '<mj-text>1 < 2</mj-text>', 4, /well-formed/],
    ['an include', '<mj-include path="/etc/passwd" />', 4, /nothing can be included/],
    ['Liquid that is not closed', '<mj-text>{{ name </mj-text>', 4, /not closed/],
    ['a tag that there is not', '<mj-text>{% exec "ls" %}</mj-text>', 4, /tag "exec" not found/],
    ['a filter that there is not', '<mj-text>{{ name | shell }}</mj-text>', 4, /undefined filter/],
    ['a value that there is not', '<mj-text>{{ order.secret }}</mj-text>', 4, /order\.secret/],
    [
      'a value within lists',
      '<mj-text>{% for l in order.lines %}{{ l.nope }}{% endfor %}</mj-text>',
      0,
      /undefined variable: l\.nope/,
    ],
    ['what values inherit', '<mj-text>{{ order.constructor }}</mj-text>', 4, /order\.constructor/],
    ['a file', '<mj-text>{% render "package.json" %}</mj-text>', 0, /lookup/],
  ])('%s', async (_, inside, line, detail) => {
    const [first, ...more] = await faults(rendering.compile(source({ mjml: mjml(inside) }), sample))
    expect(more).toEqual([])
    expect(first?.detail).toMatch(detail)
    if (line > 0) expect([first?.part, first?.line]).toEqual(['mjml', line])
  })

  test('every value that is missing is named at once', async () => {
    const found = await faults(
      rendering.compile(source({ subject: '{{ a }}', text: 'x\n{{ b.c }}' }), sample),
    )
    expect(found).toEqual([
      { part: 'subject', line: 1, detail: 'There is no value a' },
      { part: 'text', line: 2, detail: 'There is no value b.c' },
    ])
  })
})

describe('a template cannot use up the machine by', () => {
  test.each([
    ['a long loop', '{% for i in (1..100000000) %}{{ i }}{% endfor %}'],
    [
      'loops in loops',
      '{% for a in (1..9000) %}{% for b in (1..9000) %}{% for c in (1..9000) %}{% endfor %}{% endfor %}{% endfor %}',
    ],
    [
      'text that doubles',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    ],
    [
      'text that is split',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..15) %}{% assign a = a | append: a | split: "" | join: "yy" %}{% endfor %}{{ a }}',
    ],
    ['depth', `${'{% if name %}'.repeat(10_000)}${'{% endif %}'.repeat(10_000)}`],
  ])('%s', async (_, text) => {
    const begun = performance.now()
    expect(await faults(rendering.compile(source({ text }), sample))).toHaveLength(1)
    expect(performance.now() - begun).toBeLessThan(10_000)
    const after = await rendering.compile(source({}), sample)
    expect(after.subject).toBe('Hello')
  })

  test('elements in elements', async () => {
    const deep = `${'<mj-section>'.repeat(4_000)}${'</mj-section>'.repeat(4_000)}`
    const begun = performance.now()
    await rendering.compile(source({ mjml: mjml(deep) }), sample).catch(() => {})
    expect(performance.now() - begun).toBeLessThan(10_000)
    expect((await rendering.compile(source({}), sample)).subject).toBe('Hello')
  })
})

test('values that are strictly wanted are missed, and others become nothing', async () => {
  const compiled = { subject: '{{ gone }}', html: '{{ gone.by }}', text: 'x' }
  expect(await rendering.fill(compiled, {})).toEqual({ subject: '', html: '', text: 'x' })
  const found = await faults(rendering.fill(compiled, {}, { isStrict: true }))
  expect(found.map(({ part }) => part)).toEqual(['subject', 'html'])
})
