import { describe, expect, it, vi } from 'vitest'
import { createCollector, type TelemetryBatch } from './collector.ts'
import { createLog } from './log.ts'
import { createTracer } from './span.ts'

function setUp(deliver: (batch: TelemetryBatch) => Promise<void>, intervalMs = 60_000) {
  const collector = createCollector({ maxQueue: 5, maxBatch: 2, intervalMs })
  const tracer = createTracer({ service: 'a', sink: collector })
  const record = (...names: string[]) => {
    for (const name of names) tracer.start(name, 'internal', undefined).end()
  }
  collector.deliverTo(deliver)
  return { collector, record }
}

const namesOf = ({ spans }: TelemetryBatch) => spans.map((span) => span.name)

describe('collected spans', () => {
  it('are delivered in order, none of the batches larger than the limit', async () => {
    const delivered: string[][] = []
    const { collector, record } = setUp(async (batch) => {
      delivered.push(namesOf(batch))
    })
    record('1', '2', '3', '4', '5')
    await collector.close()
    expect(delivered).toEqual([['1', '2'], ['3', '4'], ['5']])
    expect(collector.dropped).toBe(0)
  })

  it('leave by themselves when there are enough or their time has come', async () => {
    const delivered: string[] = []
    const { collector, record } = setUp(async (batch) => {
      delivered.push(...namesOf(batch))
    }, 20)
    record('1', '2')
    await vi.waitFor(() => expect(delivered).toEqual(['1', '2']))
    record('3')
    await vi.waitFor(() => expect(delivered).toEqual(['1', '2', '3']))
    await collector.close()
  })

  it('are dropped and counted when they do not fit into the queue', async () => {
    const delivered: string[] = []
    const { collector, record } = setUp(async (batch) => {
      delivered.push(...namesOf(batch))
    })
    record('1', '2', '3', '4', '5', '6', '7')
    await collector.close()
    expect(delivered).toEqual(['1', '2', '3', '4', '5'])
    expect(collector.dropped).toBe(2)
  })

  it('are counted as dropped when their delivery fails, and the next are delivered', async () => {
    const delivered: string[] = []
    const { collector, record } = setUp(async (batch) => {
      if (batch.spans[0]?.name === '1') throw new Error('the database is away')
      delivered.push(...namesOf(batch))
    })
    record('1', '2', '3')
    await collector.flush()
    expect(delivered).toEqual(['3'])
    expect(collector.dropped).toBe(2)
    await collector.close()
  })

  it('are delivered one batch at a time', async () => {
    let running = 0
    let most = 0
    const { collector, record } = setUp(async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
    })
    record('1', '2', '3', '4')
    await Promise.all([collector.flush(), collector.flush(), collector.close()])
    expect(most).toBe(1)
  })

  it('wait while nobody takes them, and are not kept when nobody will', async () => {
    const delivered: string[] = []
    const collector = createCollector({ intervalMs: 5 })
    const tracer = createTracer({ service: 'a', sink: collector })
    tracer.start('early', 'internal', undefined).end()
    collector.deliverTo(async (batch) => {
      delivered.push(...namesOf(batch))
    })
    await vi.waitFor(() => expect(delivered).toEqual(['early']))
    collector.deliverTo(undefined)
    tracer.start('late', 'internal', undefined).end()
    await collector.close()
    expect(delivered).toEqual(['early'])
    expect(collector.dropped).toBe(0)
  })

  it('do not hold up the end of the process when nobody answers', async () => {
    const { collector, record } = setUp(() => new Promise(() => {}))
    record('1', '2', '3')
    const started = performance.now()
    await collector.close()
    expect(performance.now() - started).toBeLessThan(4_000)
    expect(collector.dropped).toBe(1)
  })
})

describe('collected lines', () => {
  it('are what the log writes, redacted, with the fields of its parents', async () => {
    const batches: TelemetryBatch[] = []
    const collector = createCollector()
    collector.deliverTo(async (batch) => {
      batches.push(batch)
    })
    const destination = { write: () => {} }
    const log = createLog({ service: 'a', level: 'info', destination, sink: collector })
    log.debug({}, 'not written')
    log.child({ job: 'sweep' }).warn({ password: 'secret', n: 1 }, 'It went on')
    await collector.close()
    expect(batches.flatMap(({ lines }) => lines)).toEqual([
      {
        timeMs: expect.any(Number),
        level: 'warn',
        service: 'a',
        sentence: 'It went on',
        fields: { job: 'sweep', password: '[redacted]', n: 1 },
      },
    ])
  })
})
