import { createServer, type Server } from 'node:http'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { readTenant } = tenantContract.operations

interface Received {
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly body: Record<string, never>
}

let backend: Server
let answers = 200
const received: Received[] = []
let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  backend = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { url: path, headers } = request
    const body = JSON.parse(Buffer.concat(chunks).toString())
    if (answers === 200) received.push({ path, authorization: headers.authorization, body })
    response.writeHead(answers, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const address = backend.address()
  if (typeof address !== 'object' || !address) throw new Error('the backend does not listen')
  platform = await startTestPlatform({
    configuration: {
      'monitoring-service': {
        otlpUrl: `http://127.0.0.1:${address.port}/otlp/`,
        otlpHeaders: 'authorization=Bearer%20of-the-backend,x-other=1',
      },
    },
  })
  shop = await platform.shop()
})
afterAll(async () => {
  await platform?.stop()
  backend?.closeAllConnections()
  await new Promise((resolve) => backend?.close(resolve))
})

/** Everything of one kind that the backend got, as JSON text. */
const sent = (path: string) =>
  received.filter((one) => one.path === path).map((one) => JSON.stringify(one.body))

test('another backend gets spans and lines by OTLP, with the headers it wants', async () => {
  const { headers } = await shop.staff.call(readTenant, {})
  const traceId = String(headers['prog-trace-id'])
  await platform.telemetry.flush()
  await expect.poll(() => sent('/otlp/v1/traces').some((one) => one.includes(traceId))).toBe(true)
  await expect.poll(() => sent('/otlp/v1/logs').some((one) => one.includes(traceId))).toBe(true)
  expect(new Set(received.map((one) => one.authorization))).toEqual(
    new Set(['Bearer of-the-backend']),
  )

  interface OtlpSpan {
    readonly traceId: string
    readonly spanId: string
    readonly parentSpanId?: string
    readonly kind: number
    readonly startTimeUnixNano: string
    readonly endTimeUnixNano: string
  }
  const spans: OtlpSpan[] = received.flatMap(({ body }) =>
    (body.resourceSpans ?? []).flatMap((resource: { scopeSpans: { spans: OtlpSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  )
  const [atGateway, inService] = spans
    .filter((one) => one.traceId === traceId)
    .sort(
      (one, other) =>
        Number(one.parentSpanId !== undefined) - Number(other.parentSpanId !== undefined),
    )
  expect(inService).toMatchObject({ kind: 2, parentSpanId: atGateway?.spanId })
  expect(BigInt(atGateway?.endTimeUnixNano ?? 0)).toBeGreaterThan(
    BigInt(atGateway?.startTimeUnixNano ?? 0),
  )
  expect(sent('/otlp/v1/traces').join('')).toContain(
    JSON.stringify({ key: 'prognetwork.tenant', value: { stringValue: shop.id } }),
  )
})

test('what it does not take is counted, and nobody notices', async () => {
  answers = 503
  expect((await shop.staff.call(readTenant, {})).status).toBe(200)
  await platform.telemetry.flush()
  const operator = await platform.operator()
  const lost = async () => {
    const { body } = await operator.raw('GET', '/metrics')
    const figure = /^telemetry_not_exported_records\{service="monitoring-service"\} (\d+)$/m
    return Number(figure.exec(String(body))?.[1])
  }
  await expect.poll(lost).toBeGreaterThanOrEqual(3)
  answers = 200
  expect(platform.telemetry.dropped).toBe(0)
})
