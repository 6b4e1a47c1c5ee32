import type { ExpectationCode } from '@prognetwork/contracts'
import type { z } from 'zod'
import type { InputError } from '../service/failure.ts'

type Issue = z.core.$ZodIssue

/** What Zod refused, as places and expectations that a caller can act on. */
export function inputErrors(error: z.ZodError, part: string): InputError[] {
  return error.issues
    .slice(0, maxErrors)
    .flatMap((issue) => fromIssue(issue, issue.path, part))
    .slice(0, maxErrors)
}

const maxErrors = 50

function fromIssue(issue: Issue, at: readonly PropertyKey[], part: string): InputError[] {
  const path = [part, ...at.map(String)]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, maxErrors).map((key) => ({
      pointer: pointer([...path, key.slice(0, 100)]),
      expected: 'no such field',
      code: 'unknown_field',
      detail: 'The operation does not know this field',
    }))
  const meant = issue.code === 'invalid_union' ? meantBranch(issue) : undefined
  if (meant)
    return meant
      .slice(0, maxErrors)
      .flatMap((inner) => fromIssue(inner, [...path.slice(1), ...inner.path], part))
  return [
    {
      ...{ pointer: pointer(path), expected: expectation(issue), detail: issue.message },
      ...codeOf(issue),
    },
  ]
}

/** Of several alternatives the one that is of the input's own kind (an object, a list), if one is. */
function meantBranch({ errors }: Extract<Issue, { code: 'invalid_union' }>): Issue[] | undefined {
  const ofKind = errors.filter((branch) =>
    branch.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  )
  return ofKind.length === 1 ? ofKind[0] : undefined
}

/** RFC 6901: `~` and `/` are escaped. */
function pointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`
    case 'invalid_format':
      return issue.format === 'regex' ? `text like ${issue.pattern ?? ''}` : issue.format
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union':
      return 'one of the documented alternatives'
    default:
      return 'a valid value'
  }
}

/** The same for those who say it in words of their own; nothing where there is no word for it. */
function codeOf(issue: Issue): Pick<InputError, 'code' | 'limit'> {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int' ? { code: 'number' } : {}
    case 'too_small':
      return {
        code: boundOf(issue, ['min_length', 'min_items', 'min', 'above']),
        limit: Number(issue.minimum),
      }
    case 'too_big':
      return {
        code: boundOf(issue, ['max_length', 'max_items', 'max', 'below']),
        limit: Number(issue.maximum),
      }
    case 'invalid_format':
      return formats[issue.format] === undefined ? {} : { code: formats[issue.format] }
    case 'invalid_value':
      return { code: 'choice' }
    default:
      return {}
  }
}

const formats: Readonly<Record<string, ExpectationCode>> = {
  ...{ email: 'email', url: 'url', regex: 'pattern', datetime: 'moment', date: 'moment' },
}

type Bounds = readonly [
  length: ExpectationCode,
  items: ExpectationCode,
  at: ExpectationCode,
  past: ExpectationCode,
]

function boundOf(
  { origin, inclusive }: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  [length, items, at, past]: Bounds,
): ExpectationCode {
  if (origin === 'string') return length
  if (origin === 'array' || origin === 'set') return items
  return inclusive === false ? past : at
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' || origin === 'set' ? ' items' : ''
}

/** Deeper input is no business document; it would only exhaust the stack of whatever walks it. */
const maxDepth = 64

/**
 * Finds text that cannot be stored or would come back changed: PostgreSQL holds no NUL, and a lone
 * surrogate has no UTF-8 form.
 */
export function unstorableText(value: unknown, path: string, depth = 0): InputError | undefined {
  if (typeof value === 'string') {
    if (!value.includes('\u0000') && value.isWellFormed()) return undefined
    return {
      pointer: path,
      expected: 'well-formed text without NUL',
      detail: 'The text holds a NUL or half of a surrogate pair',
    }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === maxDepth)
    return {
      pointer: path.slice(0, 100),
      expected: `at most ${maxDepth} levels of nesting`,
      detail: 'The input is nested too deeply',
    }
  for (const [key, inner] of Object.entries(value)) {
    const found = unstorableText(inner, `${path}/${key.slice(0, 100)}`, depth + 1)
    if (found) return found
  }
  return undefined
}
