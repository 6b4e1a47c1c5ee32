import { describe, expect, it, vi } from 'vitest'
import { createTracer, type SpanRecord } from './span.ts'
import { createSpanBatches } from './span-batches.ts'

function setUp(deliver: (spans: readonly SpanRecord[]) => Promise<void>, intervalMs = 60_000) {
  const batches = createSpanBatches({ deliver, maxQueue: 5, maxBatch: 2, intervalMs })
  const tracer = createTracer({ service: 'a', sink: batches })
  const record = (...names: string[]) => {
    for (const name of names) tracer.start(name, 'internal', undefined).end()
  }
  return { batches, record }
}

describe('span batches', () => {
  it('are delivered in order, none larger than the limit', async () => {
    const delivered: string[][] = []
    const { batches, record } = setUp(async (spans) => {
      delivered.push(spans.map((span) => span.name))
    })
    record('1', '2', '3', '4', '5')
    await batches.close()
    expect(delivered).toEqual([['1', '2'], ['3', '4'], ['5']])
    expect(batches.dropped).toBe(0)
  })

  it('leave by themselves when one is full or its time has come', async () => {
    const delivered: string[] = []
    const { batches, record } = setUp(async (spans) => {
      delivered.push(...spans.map((span) => span.name))
    }, 20)
    record('1', '2')
    await vi.waitFor(() => expect(delivered).toEqual(['1', '2']))
    record('3')
    await vi.waitFor(() => expect(delivered).toEqual(['1', '2', '3']))
    await batches.close()
  })

  it('drop and count what does not fit into the queue', async () => {
    const delivered: string[] = []
    const { batches, record } = setUp(async (spans) => {
      delivered.push(...spans.map((span) => span.name))
    })
    record('1', '2', '3', '4', '5', '6', '7')
    await batches.close()
    expect(delivered).toEqual(['1', '2', '3', '4', '5'])
    expect(batches.dropped).toBe(2)
  })

  it('count a failed delivery as dropped and go on with the next', async () => {
    const delivered: string[] = []
    const { batches, record } = setUp(async (spans) => {
      if (spans[0]?.name === '1') throw new Error('backend is down')
      delivered.push(...spans.map((span) => span.name))
    })
    record('1', '2', '3')
    await batches.flush()
    expect(delivered).toEqual(['3'])
    expect(batches.dropped).toBe(2)
    await batches.close()
  })

  it('are delivered one at a time', async () => {
    let running = 0
    let most = 0
    const { batches, record } = setUp(async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
    })
    record('1', '2', '3', '4')
    await Promise.all([batches.flush(), batches.flush(), batches.close()])
    expect(most).toBe(1)
  })
})
