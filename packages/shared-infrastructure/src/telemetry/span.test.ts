import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSpanRing, createTracer } from './span.ts'
import { startTrace } from './trace.ts'

afterEach(() => vi.useRealTimers())

describe('a span', () => {
  it('tells what was done, for how long and how it ended', () => {
    const sink = createSpanRing(10)
    let nowMs = 1000
    const tracer = createTracer({ service: 'order-service', sink, now: () => nowMs })
    const parent = startTrace()
    const before = Date.now()
    const span = tracer.start('placeOrder', 'server', parent, { tenant: 'acme' })
    span.set('items', 3)
    nowMs += 12.5
    span.end('problem')

    const [record] = sink.recent()
    expect(record).toMatchObject({
      traceId: parent.traceId,
      spanId: span.trace.spanId,
      parentSpanId: parent.spanId,
      name: 'placeOrder',
      kind: 'server',
      service: 'order-service',
      durationUs: 12_500,
      status: 'problem',
      attributes: { tenant: 'acme', items: 3 },
    })
    expect(Math.abs((record?.startMs ?? 0) - before)).toBeLessThan(50)
  })

  it('without a parent begins a trace', () => {
    const sink = createSpanRing(10)
    const tracer = createTracer({ service: 'gateway', sink })
    tracer.start('GET /', 'server', undefined).end()
    expect(sink.recent()[0]?.parentSpanId).toBeUndefined()
  })

  it('ends once, and takes nothing after its end', () => {
    const sink = createSpanRing(10)
    const span = createTracer({ service: 'a', sink }).start('work', 'internal', startTrace())
    span.end('error')
    span.set('late', true)
    span.end('ok')
    expect(sink.recent()).toHaveLength(1)
    expect(sink.recent()[0]).toMatchObject({ status: 'error', attributes: {} })
  })

  it('does not write into the attributes it was given', () => {
    const given = { tenant: 'acme' }
    const tracer = createTracer({ service: 'a', sink: createSpanRing(10) })
    tracer.start('work', 'internal', startTrace(), given).set('more', 1)
    expect(given).toEqual({ tenant: 'acme' })
  })

  it('keeps its duration when the wall clock is set back; later ones start by the new time', () => {
    vi.useFakeTimers({ now: 2_000_000_000_000, toFake: ['Date'] })
    const sink = createSpanRing(10)
    let nowMs = 0
    const tracer = createTracer({ service: 'a', sink, now: () => nowMs })
    const span = tracer.start('first', 'internal', startTrace())
    vi.setSystemTime(1_999_999_000_000)
    nowMs += 5
    span.end()
    tracer.start('second', 'internal', startTrace()).end()
    expect(sink.recent().map((record) => [record.startMs, record.durationUs])).toEqual([
      [2_000_000_000_000, 5000],
      [1_999_999_000_000, 0],
    ])
  })

  it('of a trace that is not sampled is kept only when it ended as an error', () => {
    const sink = createSpanRing(10)
    const tracer = createTracer({ service: 'a', sink })
    const parent = { ...startTrace(), sampled: false }
    tracer.start('fine', 'internal', parent).end()
    tracer.start('broken', 'internal', parent).end('error')
    expect(sink.recent().map((span) => span.name)).toEqual(['broken'])
  })
})

describe('the span ring', () => {
  it('forgets the oldest spans when it is full', () => {
    const sink = createSpanRing(3)
    const tracer = createTracer({ service: 'a', sink })
    for (const name of ['1', '2', '3', '4', '5']) tracer.start(name, 'internal', undefined).end()
    expect(sink.recent().map((span) => span.name)).toEqual(['3', '4', '5'])
  })

  it('finds the spans of one trace, oldest first', () => {
    const sink = createSpanRing(10)
    const tracer = createTracer({ service: 'a', sink })
    const root = tracer.start('root', 'server', undefined)
    tracer.start('other', 'server', undefined).end()
    tracer.start('child', 'client', root.trace).end()
    root.end()
    const names = sink.recent({ traceId: root.trace.traceId }).map((span) => span.name)
    expect(names).toEqual(['child', 'root'])
  })
})
