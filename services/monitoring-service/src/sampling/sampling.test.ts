import { describe, expect, test } from 'vitest'
import type { GivenSpan } from '../telemetry/given.ts'
import { createSampling } from './sampling.ts'

let made = 0
const idAt = (share: number) =>
  `${String(made++).padStart(24, '0')}${Math.floor(share * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')}`

function span(traceId: string, more: Partial<GivenSpan> = {}): GivenSpan {
  return {
    ...{ traceId, spanId: '0'.repeat(16), name: 'a', kind: 'internal', service: 'a' },
    ...{ startMs: 0, durationUs: 10, status: 'ok', attributes: {}, objects: [] },
    ...more,
  }
}

function setUp(share: number) {
  let nowMs = 0
  const sampling = createSampling({ share, slowMs: 100, nowMs: () => nowMs })
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { choose: sampling.choose, wait }
}

describe('of all traces', () => {
  test('every one is kept where the share is whole', () => {
    const { choose } = setUp(1)
    const spans = [span(idAt(0.99999)), span(idAt(0))]
    expect(choose(spans)).toEqual(spans)
  })

  test('those of the share are kept, from whatever process they come', () => {
    const inside = idAt(0.249)
    const outside = idAt(0.251)
    for (const process of [setUp(0.25), setUp(0.25)]) {
      expect(process.choose([span(inside), span(outside)])).toEqual([span(inside)])
    }
  })

  test('one with a fault is kept as a whole, what came before and what comes after', () => {
    const { choose } = setUp(0)
    const [failed, well] = [idAt(0.5), idAt(0.5)]
    const [first, fault, last] = [
      span(failed, { name: 'first' }),
      span(failed, { status: 'error' }),
      span(failed, { name: 'last' }),
    ]
    expect(choose([first, span(well)])).toEqual([])
    expect(choose([fault, span(well, { status: 'problem' })])).toEqual([first, fault])
    expect(choose([last, span(well)])).toEqual([last])
  })

  test('one with a slow part is kept', () => {
    const { choose } = setUp(0)
    const slow = span(idAt(0.5), { durationUs: 100_000 })
    expect(choose([slow, span(idAt(0.5), { durationUs: 99_999 })])).toEqual([slow])
  })

  test('what waited too long is forgotten', () => {
    const { choose, wait } = setUp(0)
    const traceId = idAt(0.5)
    choose([span(traceId, { name: 'first' })])
    wait(31_000)
    choose([span(idAt(0.5))])
    const fault = span(traceId, { status: 'error' })
    expect(choose([fault])).toEqual([fault])
  })

  test('no more wait than there is room for', () => {
    const { choose } = setUp(0)
    const first = idAt(0.5)
    choose([span(first)])
    choose(Array.from({ length: 50_000 }, () => span(idAt(0.5))))
    const fault = span(first, { status: 'error' })
    expect(choose([fault])).toEqual([fault])
  })
})
