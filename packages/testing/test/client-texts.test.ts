// What the web clients say: every text in every language, each of them used, and none of them written
// into a page itself.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, test } from 'vitest'
import { clients } from '../../../platform.ts'

type Node = Readonly<Record<string, unknown>> & { readonly type: string }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

/** Every node of a syntax tree (ESTree with JSX). */
function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node))
    for (const child of [value].flat()) if (isNode(child)) yield* nodesOf(child)
}

const ui = join(import.meta.dirname, '../../ui/src')

function sourcesIn(...folders: string[]): { path: string; nodes: Node[] }[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => join(folder, path)),
  )
  expect(paths.length).toBeGreaterThan(0)
  return paths.map((path) => {
    const { program, errors } = parseSync(path, readFileSync(path, 'utf8'))
    expect(errors).toEqual([])
    return { path, nodes: [...nodesOf(program as unknown as Node)] }
  })
}

/** `{ 'cart.title': 'Cart' }` of what is nested. */
function flatten(value: object, prefix = ''): [key: string, text: string][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string'
      ? [[prefix + key, inner] as [string, string]]
      : flatten(inner, `${prefix}${key}.`),
  )
}

const slotsOf = (text: string) => (text.match(/[{<]\/?\w+/g) ?? []).sort()

/** Names of keys and signs are the same in every language. */
const isWordless = (text: string) => !/\p{L}{2}/u.test(text) || text === 'UTC'
/** Attributes that people are shown or read to. */
const shown = new Set(['title', 'alt', 'placeholder', 'aria-label', 'label', 'hint', 'content'])

describe.for(clients.map((one) => [one.name, one] as const))('%s', ([, { directory }]) => {
  const app = join(directory, 'app')
  const languages = readdirSync(join(app, 'messages')).map((file) => file.replace('.json', ''))
  const textsIn = (language: string) =>
    new Map(flatten(JSON.parse(readFileSync(join(app, `messages/${language}.json`), 'utf8'))))
  const english = textsIn('en')

  test.for(languages)('says everything in %s, with the same places for what varies', (language) => {
    const texts = textsIn(language)
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of texts) {
      expect([key, text.trim()]).not.toEqual([key, ''])
      expect([key, slotsOf(text)]).toEqual([key, slotsOf(english.get(key) ?? '')])
    }
  })

  test('uses every text it has, and has every text it uses', () => {
    const used = new Set<string>()
    const begun = new Set<string>()
    for (const { nodes } of sourcesIn(app, ui)) {
      for (const { scope, key } of keysIn(nodes)) {
        const full = `${scope}.${key}`
        if (key.includes('*')) begun.add(full.slice(0, full.indexOf('*')))
        else used.add(full)
      }
      // A loader names a page before there are components.
      for (const path of memberPathsOf(nodes, 'messages')) used.add(path)
    }
    const missing = [...used].filter((key) => !english.has(key))
    const unused = [...english.keys()].filter(
      (key) => !used.has(key) && ![...begun].some((prefix) => key.startsWith(prefix)),
    )
    expect({ missing, unused }).toEqual({ missing: [], unused: [] })
  })

  test('writes no words into its pages', () => {
    const written = sourcesIn(app, ui).flatMap(({ path, nodes }) =>
      nodes.flatMap((node) => {
        const text = textIn(node)
        return text === undefined || isWordless(text) ? [] : [`${path}: ${text.trim()}`]
      }),
    )
    expect(written).toEqual([])
  })
})

/** What JSX says by itself. */
function textIn(node: Node): string | undefined {
  if (node.type === 'JSXText') return String(node.value)
  if (node.type !== 'JSXAttribute' || !isNode(node.name) || !isNode(node.value)) return undefined
  const isText = node.value.type === 'Literal' && shown.has(String(node.name.name))
  // Sizes of a window and of other things are no words.
  return isText && !/width=|robots|noindex|^\d/.test(String(node.value.value))
    ? String(node.value.value)
    : undefined
}

/**
 * Keys that `t('key')`, `t.rich('key')` and `` t(`a.${b}`) `` ask for; `*` where one varies. A name is
 * that of the declaration before it: each component has its own.
 */
function keysIn(nodes: readonly Node[]): { scope: string; key: string }[] {
  const scopes = nodes.flatMap((node) => {
    if (node.type !== 'VariableDeclarator' || !isNode(node.init) || !isNode(node.id)) return []
    const [scope] = argumentsOf(node.init, 'useTranslations')
    return scope === undefined
      ? []
      : [{ scope, name: String(node.id.name), at: Number(node.start) }]
  })
  return nodes.flatMap((node) => {
    const own = scopes.findLast(
      ({ name, at }) => at < Number(node.start) && argumentsOf(node, name).length > 0,
    )
    const [key] = own ? argumentsOf(node, own.name) : []
    return own && key !== undefined ? [{ scope: own.scope, key }] : []
  })
}

/** The arguments of a call of `name`, or of one of its methods, as text. */
function argumentsOf(node: Node, name: string): string[] {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return []
  const { callee } = node
  const called =
    callee.type === 'MemberExpression' && isNode(callee.object) ? callee.object : callee
  if (called.type !== 'Identifier' || called.name !== name) return []
  return (node.arguments as Node[]).map(patternOf)
}

function patternOf(node: Node): string {
  if (node.type === 'Literal') return String(node.value)
  if (node.type !== 'TemplateLiteral') return '*'
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('*')
}

/** `a.b` of `messages.a.b`, also where `messages` is a part of something else. */
function memberPathsOf(nodes: readonly Node[], name: string): string[] {
  return nodes.flatMap((node) => {
    const path: string[] = []
    let at: Node = node
    while (at.type === 'MemberExpression' && isNode(at.property) && isNode(at.object)) {
      path.unshift(String(at.property.name))
      at = at.object
    }
    const [first, ...rest] = at.type === 'Identifier' ? [String(at.name), ...path] : path
    const from = [first, ...rest].indexOf(name)
    const found = [first, ...rest].slice(from + 1)
    return from >= 0 && found.length === 2 ? [found.join('.')] : []
  })
}
