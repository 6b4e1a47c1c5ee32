import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { boundedLabel, createMetrics } from './metrics.ts'

const registry = new Registry()
const orders = createMetrics({ service: 'order-service', registry })
const users = createMetrics({ service: 'user-service', registry })

describe('metrics', () => {
  it('of services in one process share a registry and differ by the label service', async () => {
    for (const metrics of [orders, users]) {
      const meter = metrics.httpOperation('GET', 'list')
      meter.begin()
      meter.end(200, 0.004)
    }
    const text = await registry.metrics()
    for (const service of ['order-service', 'user-service']) {
      expect(text).toContain(
        'http_server_request_duration_seconds_bucket{le="0.005",' +
          `service="${service}",operation="list",method="GET",status="200"} 1`,
      )
    }
  })

  it('count the requests in flight, also over several meters of one operation', async () => {
    const inFlight = async () =>
      /http_server_active_requests\{.*operation="slow".*\} (.+)/.exec(await registry.metrics())?.[1]
    const first = orders.httpOperation('POST', 'slow')
    const second = orders.httpOperation('POST', 'slow')
    first.begin()
    first.begin()
    second.begin()
    expect(await inFlight()).toBe('3')
    first.end(500, 1)
    expect(await inFlight()).toBe('2')
    first.end(200, 1)
    second.end(200, 1)
    expect(await inFlight()).toBe('0')
  })

  it('do not grow by methods and statuses chosen from outside', async () => {
    orders.httpOperation('BREW', 'odd').end(200, 1)
    const meter = orders.httpOperation('GET', 'odd')
    for (const status of [0, 42, 600, 1000, 200.5, Number.NaN]) meter.end(status, 1)
    const counts = (await registry.metrics())
      .split('\n')
      .filter((line) => /^http_server_request_duration_seconds_count.*"odd"/.test(line))
    expect(counts).toHaveLength(2)
    expect(counts.join()).toContain('method="other",status="200"} 1')
    expect(counts.join()).toContain('method="GET",status="other"} 6')
  })

  it('tell calls and statements apart by how they ended', async () => {
    orders.call('payments.charge').observe('unavailable', 0.2)
    orders.statement('orders.find').observe('ok', 0.002)
    orders.poolWaiting('write').set(4)
    const text = await registry.metrics()
    expect(text).toContain(
      'rpc_client_call_duration_seconds_count{service="order-service",' +
        'operation="payments.charge",outcome="unavailable"} 1',
    )
    expect(text).toContain(
      'db_client_operation_duration_seconds_count{service="order-service",' +
        'statement="orders.find",outcome="ok"} 1',
    )
    expect(text).toContain(
      'db_client_connection_pending_requests{service="order-service",pool="write"} 4',
    )
  })

  it('of the runtime are there once, with the delay of the event loop', async () => {
    const text = await registry.metrics()
    expect(text.match(/^# TYPE nodejs_eventloop_lag_p99_seconds /gm)).toHaveLength(1)
  })
})

describe('a bounded label', () => {
  it('is other for every value that was not declared', () => {
    const plan = boundedLabel(['free', 'business'])
    expect(['free', 'business', 'gold', ''].map(plan)).toEqual([
      'free',
      'business',
      'other',
      'other',
    ])
  })
})

describe('figures of services', () => {
  it('are read with the metrics, each under its name, its unit and its service', async () => {
    let behind = 7
    const figure = { name: 'events_behind', unit: 'positions', help: 'How far behind' } as const
    const hide = orders.figures([{ ...figure, read: () => behind }])
    users.figures([{ ...figure, read: () => 1 }])
    expect(await registry.metrics()).toContain('# HELP events_behind_positions How far behind')
    behind = 3
    const shown = await registry.metrics()
    expect(shown).toContain('events_behind_positions{service="order-service"} 3')
    expect(shown).toContain('events_behind_positions{service="user-service"} 1')
    hide()
    expect(await registry.metrics()).not.toContain('positions{service="order-service"}')
  })
})
