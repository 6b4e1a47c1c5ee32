// What may stand in a log line. Secrets are removed by the name of their field and by their look,
// because a secret that reached a log has to be treated as published. Nothing here may throw: a
// line that cannot be written hides the fault it was to describe.

const removed = '[redacted]'
/** Fields are looked into this deep; what lies deeper is not written, so no secret hides there. */
const maxDepth = 4
const tooDeep = '[too deep]'

/** Names without case, `-` and `_`; every name that ends like this is secret (`newPassword`). */
const secretName = /(authorization|cookie|password|token|secret|apikey)$|^code$/
/** JSON web tokens, our own API keys and tokens, and what follows `Bearer`. */
const secretText =
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\bpn_[A-Za-z0-9_-]{8,}|\bBearer\s+[\w.~+/=-]{8,}/gi
const secretHint = /eyJ|pn_|bearer/i

/** Names the logger writes itself; a field of that name would forge the line. */
const ownNames = new Set(['level', 'time', 'service', 'msg'])

// Field names are few and come again with every line, so each is judged once. Names made of data
// (ids as keys) would grow this without end, hence the limit.
const judgedNames = new Map<string, boolean>()
const maxJudgedNames = 2000

function isSecretName(name: string): boolean {
  const judged = judgedNames.get(name)
  if (judged !== undefined) return judged
  const secret = secretName.test(name.toLowerCase().replace(/[-_]/g, ''))
  if (judgedNames.size < maxJudgedNames) judgedNames.set(name, secret)
  return secret
}

/** A text without the secrets that can be told by their look. */
export function redactText(text: string): string {
  return secretHint.test(text) ? text.replace(secretText, removed) : text
}

/** A copy of the fields of one log line that is safe to write and to serialise. */
export function redactFields(fields: object): Record<string, unknown> {
  try {
    return fields instanceof Error ? { err: describeError(fields, 1) } : redactTopLevel(fields)
  } catch (error) {
    // A getter or a toJSON of the caller failed; the sentence is still worth its line.
    return { unreadableFields: error instanceof Error ? redactText(error.message) : true }
  }
}

function redactTopLevel(fields: object): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    safe[ownNames.has(name) ? `${name}_` : name] = isSecretName(name) ? removed : redact(value, 1)
  }
  return safe
}

function redact(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? null : redactObject(value, depth)
    case 'function':
    case 'symbol':
      return undefined
    default:
      return value
  }
}

function redactObject(value: object, depth: number): unknown {
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return describeError(value, depth)
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const plain: unknown = value.toJSON()
    if (typeof plain !== 'object') return redact(plain, depth)
    return depth >= maxDepth ? tooDeep : redact(plain, depth + 1)
  }
  if (depth >= maxDepth) return tooDeep
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  if (value instanceof Set) return [...value].map((item) => redact(item, depth + 1))
  const safe: Record<string, unknown> = {}
  const entries = value instanceof Map ? value.entries() : Object.entries(value)
  for (const [key, item] of entries) {
    const name = String(key)
    safe[name] = isSecretName(name) ? removed : redact(item, depth + 1)
  }
  return safe
}

/**
 * An error with its chain of causes. `code` stays, it names the fault and is no secret here; other
 * fields go, because drivers put rows and requests into them.
 */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const described: Record<string, unknown> = {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
  }
  if ('code' in error && typeof error.code === 'string') described.code = error.code
  if (error.cause !== undefined && depth < maxDepth) {
    described.cause = redact(error.cause, depth + 1)
  }
  if (error instanceof AggregateError && depth < maxDepth) {
    described.errors = error.errors.map((inner) => redact(inner, depth + 1))
  }
  return described
}
