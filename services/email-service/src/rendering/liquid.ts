// Templates of tenants reach their values and nothing else: no file, no other template, no property
// that a value only inherits, and no more time or memory than a mail needs.
import { Liquid, type LiquidError, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import type { Values } from '../tables.ts'
import type { Fault } from './job.ts'

const limits = {
  parseLimit: 200_000,
  /** Milliseconds. */
  renderLimit: 500,
  /** Characters and elements, roughly. */
  memoryLimit: 2_000_000,
}
const options = {
  ...limits,
  ownPropertyOnly: true,
  strictFilters: true,
  lenientIf: true,
  templates: {},
} as const

/** Templates as they were read lately: of a mail that is sent often, reading them is half the work. */
const keptCharacters = 1_000_000

function createEngine(own: { outputEscape?: 'escape' }) {
  const liquid = new Liquid({ ...options, ...own })
  const known = new LRUCache<string, Template[]>({
    maxSize: keptCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  })
  return {
    liquid,
    read(template: string): Template[] {
      const parts = known.get(template) ?? liquid.parse(template)
      known.set(template, parts)
      return parts
    },
  }
}
const forHtml = createEngine({ outputEscape: 'escape' })
const forText = createEngine({})

/** Longest of each part when it is filled in. */
const maxCharacters = 500_000

export type Filled = { readonly text: string } | { readonly fault: Fault }

export function fill(
  part: Fault['part'],
  template: string,
  values: Values,
  isStrict: boolean,
): Filled {
  const engine = part === 'html' ? forHtml : forText
  try {
    const parts = engine.read(template)
    const text: string = engine.liquid.renderSync(parts, values, { strictVariables: isStrict })
    return text.length <= maxCharacters
      ? { text }
      : { fault: { part, line: 1, detail: `It becomes longer than ${maxCharacters} characters` } }
  } catch (error) {
    return { fault: faultOf(part, error) }
  }
}

/** Whether it can be read, and names no value that a sample does not have, at any depth. */
export function findFaults(part: Fault['part'], template: string, sample: Values): Fault[] {
  try {
    const { globals } = forText.liquid.analyzeSync(forText.liquid.parse(template), {
      partials: false,
    })
    return Object.values(globals)
      .flat()
      .filter(({ segments }) => !isThere(segments, sample))
      .map(({ segments, location }) => ({
        part,
        line: location.row,
        detail: `There is no value ${segments.filter((one) => typeof one !== 'object').join('.')}`,
      }))
  } catch (error) {
    return [faultOf(part, error)]
  }
}

const ofLists = new Set<unknown>(['size', 'first', 'last'])

function isThere(segments: readonly unknown[], sample: unknown): boolean {
  const [segment, ...rest] = segments
  // What a value is called by another value is seen when the sample is filled in.
  if (segment === undefined || typeof segment === 'object' || sample === null) return true
  if (ofLists.has(segment)) return true
  if (Array.isArray(sample)) return isThere(rest, sample[0])
  if (typeof sample !== 'object' || !Object.hasOwn(sample, String(segment))) return false
  return isThere(rest, Object.entries(sample).find(([name]) => name === segment)?.[1])
}

function faultOf(part: Fault['part'], error: unknown): Fault {
  if (!isLiquidError(error)) throw error
  const [line = 1] = error.token?.getPosition() ?? []
  const [detail = 'It cannot be read'] = error.message.split(/, line:\d+/, 1)
  return { part, line, detail: detail.slice(0, 300) }
}

function isLiquidError(error: unknown): error is LiquidError {
  return error instanceof Error && 'token' in error && 'context' in error
}
