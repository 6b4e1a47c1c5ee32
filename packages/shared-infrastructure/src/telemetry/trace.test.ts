import { describe, expect, it } from 'vitest'
import { childOf, formatTraceparent, parseTraceparent, startTrace } from './trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

describe('a traceparent header', () => {
  it('is read with its trace, span and sampling decision', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({
      traceId,
      spanId,
      sampled: true,
    })
    expect(parseTraceparent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false)
  })

  it('may carry flags that are not known yet', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-03`)?.sampled).toBe(true)
    expect(parseTraceparent(`00-${traceId}-${spanId}-02`)?.sampled).toBe(false)
  })

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${traceId}-${spanId}-01-more-of-it`)?.traceId).toBe(traceId)
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01`)?.spanId).toBe(spanId)
    expect(parseTraceparent(`01-${traceId}-${spanId}-01.more`)).toBeUndefined()
  })

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has version ff', `ff-${traceId}-${spanId}-01`],
    ['has version 00 and more fields', `00-${traceId}-${spanId}-01-more`],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['has a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['has upper case digits', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['has a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['has other characters', `00-${traceId}-${spanId.slice(1)}g-01`],
    ['has one flag digit', `00-${traceId}-${spanId}-1`],
    ['has white space around it', ` 00-${traceId}-${spanId}-01`],
    ['has a line feed at its end', `00-${traceId}-${spanId}-01\n`],
  ])('that %s is ignored', (_case, header) => {
    expect(parseTraceparent(header)).toBeUndefined()
  })
})

describe('a tracestate header', () => {
  const header = `00-${traceId}-${spanId}-01`
  const read = (tracestate: string) => parseTraceparent(header, tracestate)?.tracestate

  it('is passed on with its members in their order', () => {
    expect(read('rojo=00f067aa0ba902b7 ,\tcongo=t61rcWkgMzE,, 1a@vendor=x')).toBe(
      'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,1a@vendor=x',
    )
  })

  it.each([
    ['a member without a value', 'rojo'],
    ['a key in upper case', 'Rojo=1'],
    ['a key twice', 'rojo=1,rojo=2'],
    ['more than 32 members', Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(',')],
    ['nothing', ' , '],
  ])('with %s is dropped without its traceparent', (_case, tracestate) => {
    expect(read(tracestate)).toBeUndefined()
    expect(parseTraceparent(header, tracestate)?.traceId).toBe(traceId)
  })

  it('longer than 512 characters loses large members first, then the last ones', () => {
    const large = `large=${'x'.repeat(200)}`
    const small = Array.from({ length: 10 }, (_, i) => `k${i}=${'y'.repeat(60)}`)
    const kept = read([large, ...small].join(','))
    expect(kept?.length).toBeLessThanOrEqual(512)
    expect(kept).toBe(small.slice(0, 8).join(','))
  })
})

describe('a trace', () => {
  it('goes on in a child with the same trace id, sampling and tracestate', () => {
    const parent = { traceId, spanId, sampled: false, tracestate: 'rojo=1' }
    const child = childOf(parent)
    expect(child).toMatchObject({ traceId, parentSpanId: spanId, sampled: false })
    expect(child.tracestate).toBe('rojo=1')
    expect(child.spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(child.spanId).not.toBe(spanId)
  })

  it('is written in the form in which it is read', () => {
    const { traceId, spanId, sampled } = startTrace()
    expect(parseTraceparent(formatTraceparent({ traceId, spanId, sampled }))).toEqual({
      traceId,
      spanId,
      sampled: true,
    })
  })

  it('has ids that do not come again', () => {
    const ids = new Set(Array.from({ length: 5000 }, () => startTrace().traceId))
    expect(ids.size).toBe(5000)
  })
})
