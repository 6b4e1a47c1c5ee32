import { connect } from 'node:net'
import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, testPassword } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const { readProfile, signIn } = userContract.operations
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(() => platform?.stop())

/** The line is written when the response has closed, which the client cannot wait for. */
function requestLine(traceId: string): Promise<Record<string, unknown>> {
  return vi.waitFor(() => {
    const lines = platform.logLines.filter(
      (line) => line.includes('"msg":"Request"') && line.includes(traceId),
    )
    expect(lines).toHaveLength(1)
    return JSON.parse(lines[0] ?? '')
  })
}

test('a request leaves one log line that says who asked for what and how it went', async () => {
  const person = await platform.person()
  const answer = await person.call(readProfile, {})
  const line = await requestLine(String(answer.headers['prog-trace-id']))
  expect(line).toMatchObject({
    service: 'api-gateway',
    level: 'info',
    method: 'GET',
    operation: 'readProfile',
    status: 200,
    subject: person.accountId,
    tenantId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    bytes: Number(answer.headers['content-length']),
    durationMs: expect.any(Number),
  })
})

test('neither address, query, body nor credential of a request stands in its log line', async () => {
  const secret = 'word-that-must-not-leak'
  const answer = await platform.anonymous.raw('POST', `/api/v1/sessions?token=${secret}`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ email: `${secret}@example.com`, password: secret }),
  })
  await requestLine(String(answer.headers['prog-trace-id']))
  await platform.anonymous.raw('GET', `/api/v1/${secret}`)
  expect(platform.logLines.filter((line) => line.includes(secret))).toEqual([])
})

test('a trace that a caller began is continued through the gateway into the service', async () => {
  const traceId = 'a'.repeat(32)
  const answer = await platform.anonymous.call(
    userContract.operations.readKeySet,
    {},
    { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
  )
  expect(answer.headers['prog-trace-id']).toBe(traceId)
  const spans = await vi.waitFor(() => {
    const found = platform.spans.recent({ traceId })
    expect(found).toHaveLength(2)
    return found
  })
  const gateway = spans.find((one) => one.service === 'api-gateway')
  const service = spans.find((one) => one.service === 'user-service')
  expect(gateway).toMatchObject({
    name: 'readKeySet',
    kind: 'server',
    status: 'ok',
    parentSpanId: 'b'.repeat(16),
    attributes: { 'http.response.status_code': 200 },
  })
  expect(service?.parentSpanId).toBe(gateway?.spanId)
})

test('a refusal carries the same trace id in its header, its body and its log line', async () => {
  for (const path of ['/api/v1/me', '/nowhere', '/%']) {
    const answer = await platform.anonymous.raw('GET', path)
    expect(answer.problem.traceId).toBe(answer.headers['prog-trace-id'])
    await requestLine(String(answer.problem.traceId))
  }
})

test('a client that goes away is counted and logged as 499', async () => {
  const operator = await platform.operator()
  const { hostname, port } = new URL(platform.origin)
  const socket = connect({ host: hostname, port: Number(port) })
  const traceId = 'c'.repeat(32)
  socket.write(
    [
      'POST /api/v1/sessions HTTP/1.1',
      'Host: localhost',
      `traceparent: 00-${traceId}-${'d'.repeat(16)}-01`,
      'Content-Type: application/json',
      'Content-Length: 100',
      '',
      '{',
    ].join('\r\n'),
  )
  await vi.waitFor(async () => {
    const { body } = await operator.raw('GET', '/metrics')
    expect(body).toMatch(
      /http_server_active_requests\{service="api-gateway",operation="signIn".* 1/,
    )
  })
  socket.destroy()
  expect(await requestLine(traceId)).toMatchObject({ operation: 'signIn', status: 499 })
  const { body } = await operator.raw('GET', '/metrics')
  expect(body).toMatch(
    /duration_seconds_count\{service="api-gateway",operation="signIn",method="POST",status="499"\} 1/,
  )
  expect(body).toMatch(/http_server_active_requests\{service="api-gateway",operation="signIn".* 0/)
})

test('unknown addresses and methods share one series, however many there are', async () => {
  const operator = await platform.operator()
  for (let count = 0; count < 20; count++) {
    await platform.anonymous.raw('GET', `/unknown-${count}`)
    await platform.anonymous.raw('PROPFIND', `/unknown-${count}`)
  }
  const { body } = await operator.raw('GET', '/metrics')
  expect(String(body)).not.toContain('unknown-')
  const methods = String(body).matchAll(/count\{.*operation="unknown",method="(\w+)"/g)
  expect(new Set([...methods].map((one) => one[1]))).toEqual(new Set(['GET', 'other']))
})

test('a wrong password is not in any log line', async () => {
  const password = 'the wrong password of somebody'
  await platform.anonymous.call(signIn, { body: { email: 'who@example.com', password } })
  await platform.anonymous.call(signIn, {
    body: { email: 'who@example.com', password: testPassword },
  })
  expect(platform.logLines.join('')).not.toContain(password)
})
