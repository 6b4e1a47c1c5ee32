// W3C trace context (https://www.w3.org/TR/trace-context/): reading, writing and continuing the
// place of a piece of work in a distributed trace. A header that breaks the grammar is ignored as
// a whole: the standard says to start a new trace rather than to repair a foreign one.
import { randomFillSync } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Trace } from '@prognetwork/contracts'

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeroTraceId = '0'.repeat(32)
const zeroSpanId = '0'.repeat(16)
const sampledFlag = 1

const simpleKey = '[a-z][a-z0-9_\\-*/]{0,255}'
const tenantKey = '[a-z0-9][a-z0-9_\\-*/]{0,240}@[a-z][a-z0-9_\\-*/]{0,13}'
/** Printable ASCII without the comma and the equals sign; not ending with a space. */
const visible = '\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e'
const value = `[ ${visible}]{0,255}[${visible}]`
const memberPattern = new RegExp(`^(${simpleKey}|${tenantKey})=${value}$`)
const maxMembers = 32
/** What the standard asks everybody to pass on at least; more would be carried by every hop. */
const maxTracestateLength = 512
const maxMemberLength = 128

/**
 * Reads the `traceparent` and `tracestate` headers of a caller; `spanId` is the caller's span.
 * Undefined when there is no valid traceparent; a bad tracestate is dropped alone.
 */
export function parseTraceparent(
  header: string | undefined,
  tracestate?: string | undefined,
): Trace | undefined {
  if (header === undefined) return undefined
  const [, version, traceId, spanId, flags, rest] = traceparentPattern.exec(header) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined) return undefined
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (traceId === zeroTraceId || spanId === zeroSpanId) return undefined
  const sampled = (Number.parseInt(flags ?? '', 16) & sampledFlag) !== 0
  const members = tracestate ? parseTracestate(tracestate) : undefined
  if (members === undefined) return { traceId, spanId, sampled }
  return { traceId, spanId, sampled, tracestate: members }
}

/**
 * What somebody outside has begun, gone on with. Whether it is recorded is ours to say: nobody gets
 * past being seen by asking for it.
 */
export function parseOutsideTrace({
  traceparent,
  tracestate,
}: IncomingHttpHeaders): Trace | undefined {
  const trace = parseTraceparent(single(traceparent), single(tracestate))
  return trace && { ...trace, sampled: true }
}

/** A header that must stand alone; sent twice it counts as not sent. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}

/** A new trace with its first span. Everything is sampled; what to keep is decided later. */
export function startTrace(): Trace {
  return { traceId: randomTraceId(), spanId: randomSpanId(), sampled: true }
}

/** The place of a piece of work that `trace` started: same trace, new span. */
export function childOf(trace: Trace): Trace {
  const { traceId, spanId: parentSpanId, sampled, tracestate } = trace
  const spanId = randomSpanId()
  if (tracestate === undefined) return { traceId, spanId, parentSpanId, sampled }
  return { traceId, spanId, parentSpanId, sampled, tracestate }
}

/** The value of the `traceparent` header for a call made from within `trace`. */
export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}

function parseTracestate(header: string): string | undefined {
  const members: string[] = []
  const keys = new Set<string>()
  for (const part of header.split(',')) {
    const member = part.replace(/^[ \t]+|[ \t]+$/g, '')
    if (member === '') continue
    const key = memberPattern.exec(member)?.[1]
    if (key === undefined || keys.has(key) || keys.size === maxMembers) return undefined
    keys.add(key)
    members.push(member)
  }
  return shorten(members)
}

/** Too long a list loses its large members first, then its oldest: the order of the standard. */
function shorten(members: string[]): string | undefined {
  const length = (list: readonly string[]) => list.join(',').length
  let kept = members
  if (length(kept) > maxTracestateLength) {
    kept = kept.filter((member) => member.length <= maxMemberLength)
  }
  while (length(kept) > maxTracestateLength) kept.pop()
  return kept.length > 0 ? kept.join(',') : undefined
}

// One call into the random generator costs the same 3 us for 8 bytes as for 4096, and every span
// needs an id: the bytes are drawn in advance. Ids are cut with toString and not out of one long
// hex string, because such a slice would keep the whole string alive for as long as the id lives.
const pool = Buffer.alloc(4096)
let used = pool.length

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

function randomTraceId(): string {
  const id = randomHex(16)
  return id === zeroTraceId ? randomTraceId() : id
}

function randomSpanId(): string {
  const id = randomHex(8)
  return id === zeroSpanId ? randomSpanId() : id
}
