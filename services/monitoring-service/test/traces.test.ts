import { randomBytes } from 'node:crypto'
import type { CallInput } from '@prognetwork/contracts'
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buy } from './buying.ts'

const { listTraces, readTrace } = monitoringContract.operations

let platform: TestPlatform
let shop: TestShop
let orderId: string
let traceId: string
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  const bought = await buy(shop)
  orderId = bought.orderId
  traceId = bought.traceId
})
afterAll(() => platform?.stop())

/** What is kept of the trace, once everything that goes on from it has been told. */
async function traceOf(id: string, isWhole: (operations: readonly string[]) => boolean) {
  return expect
    .poll(
      async () => {
        await platform.telemetry.flush()
        const { status, body } = await shop.staff.call(readTrace, { params: { traceId: id } })
        return status === 200 && isWhole(body.spans.map((one) => one.operation)) ? body : undefined
      },
      { timeout: 15_000 },
    )
    .toBeDefined()
    .then(async () => (await shop.staff.call(readTrace, { params: { traceId: id } })).body)
}

describe('the trace of an order', () => {
  const takesStock = 'product-service order.paid'

  test('shows every hop of the order, each under the one it came from', async () => {
    const trace = await traceOf(traceId, (operations) => operations.includes(takesStock))
    const spanOf = (service: string, operation: string) => {
      const found = trace.spans.find(
        (one) => one.service === service && one.operation === operation,
      )
      if (!found) throw new Error(`${service} ${operation} is not among ${JSON.stringify(trace)}`)
      return found
    }
    const atGateway = spanOf('api-gateway', 'checkOut')
    const checkOut = spanOf('order-service', 'checkOut')
    const payment = spanOf('payment-service', 'createPayment')
    const taken = spanOf('product-service', takesStock)
    expect(atGateway).toMatchObject({ depth: 0, parentSpanId: null, kind: 'server', offsetUs: 0 })
    expect(checkOut).toMatchObject({ depth: 1, parentSpanId: atGateway.spanId, kind: 'server' })
    expect(payment).toMatchObject({ depth: 2, parentSpanId: checkOut.spanId, kind: 'server' })
    expect(taken).toMatchObject({ kind: 'consumer', parentSpanId: checkOut.spanId })
    expect(payment.offsetUs).toBeGreaterThan(checkOut.offsetUs)
    expect(payment.durationUs).toBeLessThan(checkOut.durationUs)
    expect(trace).toMatchObject({
      ...{ service: 'api-gateway', operation: 'checkOut', status: 'ok' },
      spanCount: trace.spans.length,
    })
    expect(trace.services).toEqual(
      expect.arrayContaining([
        'api-gateway',
        'order-service',
        'payment-service',
        'product-service',
      ]),
    )
    expect(trace.objects).toContainEqual({ type: 'order', id: orderId })
    expect(trace.objects.map((one) => one.type)).toEqual(
      expect.arrayContaining(['cart', 'payment', 'reservation']),
    )
  })

  test('has its log lines beside it', async () => {
    const { lines } = await traceOf(traceId, () => true)
    expect(lines).toContainEqual({
      at: expect.any(String),
      level: 'info',
      service: 'api-gateway',
      traceId,
      sentence: 'Request',
      fields: expect.objectContaining({ operation: 'checkOut', status: 201 }),
    })
  })

  test('is found by the order, and by what else is asked of one span of it', async () => {
    await traceOf(traceId, (operations) => operations.includes(takesStock))
    const found = async (query: CallInput<typeof listTraces>['query']) => {
      const { status, body } = await shop.staff.call(listTraces, { query })
      expect(status, JSON.stringify(body)).toBe(200)
      return body.items.map((one) => one.traceId)
    }
    const object = `order:${orderId}`
    expect(await found({ object })).toEqual([traceId])
    expect(await found({ object, service: 'payment-service' })).toEqual([traceId])
    expect(await found({ object, operation: 'createPayment', status: 'ok' })).toEqual([traceId])
    expect(await found({ object, operation: 'createPayment', status: 'error' })).toEqual([])
    expect(await found({ object, minDurationMs: 60_000 })).toEqual([])
    expect(await found({ object, to: '2026-01-01T00:00:00.000Z' })).toEqual([])
    expect(await found({ operation: 'createPayment', limit: 100 })).toContain(traceId)
    expect(await found({ object: 'order:01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' })).toEqual([])
  })

  test('is not shown to another tenant, which may have a trace of the same id', async () => {
    const other = await platform.shop()
    await other.staff.raw('GET', '/api/v1/roles', {
      headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    })
    // The gateway's span ends after its answer has come.
    const theirTrace = async () => {
      await platform.telemetry.flush()
      return other.staff.call(readTrace, { params: { traceId } })
    }
    // The gateway asks for the session as well where it does not remember it.
    const operations = async () =>
      ((await theirTrace()).body.spans ?? [])
        .map((one) => one.operation)
        .filter((one) => one !== 'checkSession')
    await expect.poll(operations).toEqual(['listRoles', 'listRoles'])
    expect((await theirTrace()).body.objects.map((one) => one.type)).toEqual(['account'])
    const theirs = await other.staff.call(listTraces, { query: { object: `order:${orderId}` } })
    expect(theirs.body.items).toEqual([])
    const { body: ours } = await shop.staff.call(readTrace, { params: { traceId } })
    expect(ours.spans.map((one) => one.operation)).not.toContain('listRoles')
  })

  test('of the platform itself is shown to its operators', async () => {
    const operator = await platform.operator()
    await platform.anonymous.raw('GET', '/api/v1/nowhere')
    await platform.telemetry.flush()
    const { body } = await operator.call(listTraces, { query: { operation: 'unknown' } })
    expect(body.items.length).toBeGreaterThan(0)
    expect(body.items[0]).toMatchObject({ operation: 'unknown', status: 'problem' })
  })
})

test('a job that did something begins a trace, which leads to what came of it', async () => {
  const { orderId } = await buy(shop, '4000000000000077')
  const operation = 'job post-sandbox'
  const newest = async () => {
    await platform.telemetry.flush()
    const { body } = await shop.staff.call(listTraces, { query: { operation } })
    return body.items[0]?.traceId
  }
  await expect.poll(newest, { timeout: 20_000 }).toBeDefined()
  const settles = 'order-service payment.captured'
  const trace = await traceOf(String(await newest()), (names) => names.includes(settles))
  const job = trace.spans.find((one) => one.operation === operation)
  const settling = trace.spans.find((one) => one.operation === settles)
  expect(job).toMatchObject({ service: 'payment-service', kind: 'internal', depth: 0 })
  expect(settling).toMatchObject({ parentSpanId: job?.spanId, depth: 1, kind: 'consumer' })
  // The order itself is told by what follows from that: it is paid.
  const query = { object: `order:${orderId}`, operation: 'product-service order.paid' }
  const found = async () => {
    await platform.telemetry.flush()
    const { body } = await shop.staff.call(listTraces, { query })
    return body.items.map((one) => one.traceId)
  }
  await expect.poll(found, { timeout: 15_000 }).toEqual([trace.traceId])
})

test('a list of traces has each once, newest first, on pages', async () => {
  for (let n = 0; n < 5; n++) await shop.staff.raw('GET', '/api/v1/roles')
  await platform.telemetry.flush()
  const seen: string[] = []
  const times: string[] = []
  for (let after: string | undefined; ; ) {
    const query = { operation: 'listRoles', limit: 2, ...(after && { after }) }
    const { body } = await shop.staff.call(listTraces, { query })
    seen.push(...body.items.map((one) => one.traceId))
    times.push(...body.items.map((one) => one.startedAt))
    if (body.next === null) break
    after = body.next
  }
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
  expect(times).toEqual([...times].sort().reverse())
})

test('what an operation answered with a fault is found as one', async () => {
  const { status, headers } = await shop.staff.call(readTrace, {
    params: { traceId: randomBytes(16).toString('hex') },
  })
  expect(status).toBe(404)
  await platform.telemetry.flush()
  const { body } = await shop.staff.call(listTraces, {
    query: { operation: 'readTrace', status: 'problem' },
  })
  expect(body.items.map((one) => one.traceId)).toContain(headers['prog-trace-id'])
})

describe('who may see traces', () => {
  const params = () => ({ traceId })

  test('is whoever may read them: nobody without a credential', async () => {
    expect((await platform.anonymous.call(listTraces, { query: {} })).status).toBe(401)
    expect((await platform.anonymous.call(readTrace, { params: params() })).status).toBe(401)
  })

  test('is not who has no role for it', async () => {
    const person = await platform.person()
    expect((await person.call(listTraces, { query: {} })).status).toBe(403)
    expect((await person.call(readTrace, { params: params() })).status).toBe(403)
  })

  test('a trace that nobody kept is missing', async () => {
    const { problem } = await shop.staff.call(readTrace, {
      params: { traceId: randomBytes(16).toString('hex') },
    })
    expect(problem).toMatchObject({ status: 404, code: 'monitoring.trace_missing' })
  })

  test('a cursor of another list is refused', async () => {
    const { problem } = await shop.staff.call(listTraces, { query: { after: 'WzEsMl0' } })
    expect(problem).toMatchObject({ status: 400, code: 'request.invalid' })
  })
})
