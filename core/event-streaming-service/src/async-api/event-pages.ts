// The AsyncAPI document for people: what each event says, and what one looks like.
import type { AsyncApiDocument, Message } from './async-api.ts'

/** A field of JSON Schema, as far as it is shown. */
interface Field {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Field[]
  readonly items?: Field
  readonly description?: string
}

/** HTML of the page's middle. */
export function eventPages({ info, channels, components }: AsyncApiDocument): string {
  const named = Object.entries(channels).map(([service, { summary, messages }]) => {
    const names = Object.keys(messages)
    return { service, summary, names }
  })
  const contents = named.flatMap(({ names }) =>
    names.map((name) => `<li><a href="#${name}"><code>${name}</code></a></li>`),
  )
  return [
    ...info.description.split('\n\n').map((text) => `<p>${marked(text)}</p>`),
    '<p class="quiet">For programs: <a href="/asyncapi.json">AsyncAPI 3</a></p>',
    `<ul class="columns">${contents.join('')}</ul>`,
    ...named.map(({ service, summary, names }) =>
      [
        `<section><h2>${escaped(service)}</h2><p class="quiet">${escaped(summary)}</p>`,
        ...names.map((name) => eventSection(name, components.messages[name])),
        '</section>',
      ].join('\n'),
    ),
  ].join('\n')
}

function eventSection(name: string, message: Message | undefined): string {
  if (!message) throw new Error(`the document has no message ${name}`)
  const { summary, payload, examples } = message
  const { properties = {}, required = [] } = payload as {
    properties?: Record<string, Field>
    required?: readonly string[]
  }
  const rows = Object.entries(properties).map(
    ([field, one]) =>
      `<tr><td><code>${escaped(field)}</code></td><td>${escaped(kindOf(one))}</td>` +
      `<td>${required.includes(field) ? '' : 'may be absent. '}${marked(one.description ?? '')}</td></tr>`,
  )
  const [example] = examples
  const whole = { ...(example?.headers as object), data: example?.payload }
  return [
    `<h3 id="${name}">${escaped(name)}</h3><p>${marked(summary)}</p>`,
    '<table><thead><tr><th>Field of data</th><th>Kind</th><th>Note</th></tr></thead>',
    `<tbody>${rows.join('')}</tbody></table>`,
    `<pre>${escaped(JSON.stringify(whole, null, 2))}</pre>`,
  ].join('\n')
}

function kindOf({ type, format, enum: values, const: value, anyOf, items }: Field): string {
  if (anyOf) return anyOf.map(kindOf).join(' or ')
  if (values) return values.map((one) => JSON.stringify(one)).join(' or ')
  if (value !== undefined) return JSON.stringify(value)
  if (items) return `list of ${kindOf(items)}`
  const kind = [type ?? 'anything'].flat().join(' or ')
  return format ? `${kind}, ${format}` : kind
}

/** Text of the document, in which what stands between backticks is code. */
function marked(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
