// From MJML to HTML, once for each version of a template. The Liquid in it is left as it is, whatever
// it holds: characters that mean something to XML are set aside meanwhile.
import { Engine, type ParserError } from 'mrml'
import type { Fault } from './job.ts'

const setAside = ['<', '>', '&', '"', "'"]
/** Characters that can be printed: the renderer writes out the numbers of others. */
const firstPlaceholder = 0x29c0
const liquid = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g
const placeholders = /[\u29c0-\u29c4]/g

const hidden = (mjml: string) =>
  mjml.replaceAll(liquid, (tag) =>
    tag.replaceAll(/[<>&"']/g, (one) =>
      String.fromCodePoint(firstPlaceholder + setAside.indexOf(one)),
    ),
  )
const shown = (html: string) =>
  html.replaceAll(placeholders, (one) => setAside[one.charCodeAt(0) - firstPlaceholder] ?? '')

export function compileMjml(mjml: string): { html: string } | { fault: Fault } {
  const source = hidden(mjml)
  // An engine that once panicked answers nothing any more, so each is used once.
  const engine = new Engine()
  const result = engine.toHtml(source)
  engine.free()
  if (result.type === 'error')
    return result.origin === 'parser'
      ? { fault: faultOf(result.details, source) }
      : { fault: { part: 'mjml', line: 1, detail: result.message } }
  const [, unknown] = /<(mj-[a-z-]+)/.exec(result.content) ?? []
  if (unknown === undefined) return { html: shown(result.content) }
  const line = lineAt(source, source.indexOf(`<${unknown}`))
  const detail = `<${unknown}> stands where MJML has no such element`
  return { fault: { part: 'mjml', line, detail } }
}

/** What was expected, in words, where the parser stopped. */
function faultOf(error: ParserError, source: string): Fault {
  const at = 'position' in error ? error.position.start : undefined
  const line = at === undefined ? 1 : lineAt(Buffer.from(source).subarray(0, at).toString())
  const here =
    'position' in error
      ? Buffer.from(source).subarray(error.position.start, error.position.end).toString()
      : ''
  const fault = (detail: string, where = line): Fault => ({ part: 'mjml', line: where, detail })
  switch (error.type) {
    case 'unexpected-element':
      return fault(`The element ${excerpt(here)} may not stand here`)
    case 'unexpected-token':
      return fault(`Expected an element in place of ${excerpt(here)}`)
    case 'missing-attribute':
      return fault(`Expected the attribute ${error.name}`)
    case 'invalid-attribute':
      return fault(`Expected another value in ${excerpt(here)}`)
    case 'invalid-format':
      return fault(`Expected another form than ${excerpt(here)}`)
    case 'end-of-stream':
      return fault('Expected the end of every element that was begun', lineAt(source))
    case 'size-limit':
      return fault('It is too long')
    case 'parser-error':
      return fault(`Expected well-formed XML: ${error.source}`, lineIn(error.source))
    case 'no-root-node':
      return fault('Expected <mjml> around everything')
    case 'include-loader-error':
      return fault('Templates are whole: nothing can be included')
  }
}

const excerpt = (text: string) => `"${text.replaceAll(/\s+/g, ' ').slice(0, 60)}"`

/** The parser names a place as `at 3:14` where it has no position. */
function lineIn(message: string): number {
  return Number(/ at (\d+):\d+/.exec(message)?.[1] ?? 1)
}

function lineAt(text: string, index = text.length): number {
  return text.slice(0, Math.max(0, index)).split('\n').length
}
