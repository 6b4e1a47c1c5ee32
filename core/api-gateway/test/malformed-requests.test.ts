import { bodyPatienceOf } from '@prognetwork/shared-infrastructure/front'
import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withGateway } from './altered-gateway.ts'
import { type RawAnswer, talk } from './raw-connection.ts'

const handedOver: string[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform({
    definitions: withGateway({
      onForward: (request) => handedOver.push(request.url ?? ''),
      onMount: (app) => {
        app.server.headersTimeout = 500
        bodyPatienceOf(app.server).wholeMs = 1_500
      },
    }),
  })
})
afterAll(() => platform?.stop())

const lines = (...text: string[]) => `${text.join('\r\n')}\r\n\r\n`

function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, answer.headers['content-type']]).toEqual([
    status,
    expect.stringContaining('application/problem+json'),
  ])
  expect(JSON.parse(answer.body)).toMatchObject({
    type: `urn:prognetwork:problem:${code}`,
    code,
    status,
    title: expect.any(String),
    detail: expect.any(String),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
}

/** Sends it to an operation that would take it, and wants it refused before it gets there. */
async function refused(text: string, status: number, code: string): Promise<RawAnswer> {
  const before = handedOver.length
  const answer = await talk(platform.origin, text)
  expectProblem(answer, status, code)
  expect(answer.headers.connection).toBe('close')
  expect(handedOver.length).toBe(before)
  return answer
}

const post = 'POST /api/v1/sessions HTTP/1.1'
const json = 'Content-Type: application/json'

describe('a request that two readers could read in two ways is refused', () => {
  test.each([
    ['both lengths', [post, 'Host: a', json, 'Content-Length: 4', 'Transfer-Encoding: chunked']],
    [
      'both lengths, the other way round',
      [post, 'Host: a', 'Transfer-Encoding: chunked', 'Content-Length: 4'],
    ],
    ['two lengths', [post, 'Host: a', json, 'Content-Length: 2', 'Content-Length: 3']],
    ['a length that is no number', [post, 'Host: a', json, 'Content-Length: +2']],
    ['a negative length', [post, 'Host: a', json, 'Content-Length: -1']],
    [
      'an encoding that is not chunked at the end',
      [post, 'Host: a', 'Transfer-Encoding: chunked, gzip'],
    ],
    ['an obscured encoding', [post, 'Host: a', 'Transfer-Encoding : chunked']],
    ['an encoding after a vertical tab', [post, 'Host: a', 'Transfer-Encoding: \u000bchunked']],
    ['a folded header', [post, 'Host: a', 'X-A: 1', ' Transfer-Encoding: chunked']],
    ['a header without a colon', [post, 'Host: a', 'Transfer-Encoding chunked']],
    ['a NUL in a header', [post, 'Host: a', 'X-A: a\u0000b']],
    ['another protocol', ['GET /api/v1/key-set SSH/2.0', 'Host: a']],
    ['an unknown method', ['FETCH /api/v1/key-set HTTP/1.1', 'Host: a']],
    ['no Host', ['GET /api/v1/key-set HTTP/1.1', 'Accept: */*']],
    ['two Hosts', ['GET /api/v1/key-set HTTP/1.1', 'Host: a', 'hOST: b']],
    ['the same Host twice', ['GET /api/v1/key-set HTTP/1.1', 'Host: a', 'Host: a']],
    ['an empty Host', ['GET /api/v1/key-set HTTP/1.1', 'Host:']],
    ['two names in one Host', ['GET /api/v1/key-set HTTP/1.1', 'Host: a, b']],
    ['a path in Host', ['GET /api/v1/key-set HTTP/1.1', 'Host: a/b']],
    ['a user in Host', ['GET /api/v1/key-set HTTP/1.1', 'Host: u@a']],
    ['an absolute address', ['GET http://b/api/v1/key-set HTTP/1.1', 'Host: a']],
  ])('%s', async (_, text) => {
    await refused(lines(...text), 400, 'request.malformed')
  })

  test('a second request that hides in the body of a refused one is not carried out', async () => {
    await refused(
      `${lines(post, 'Host: a', 'Content-Length: 60', 'Transfer-Encoding: chunked')}0\r\n\r\n${lines('GET /api/v1/key-set HTTP/1.1', 'Host: a')}`,
      400,
      'request.malformed',
    )
  })

  test('rubbish is answered too', async () => {
    await refused('\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400, 'request.malformed')
  })

  test('rubbish behind a good request does not spoil its answer', async () => {
    const answer = await talk(
      platform.origin,
      `${lines('GET /health HTTP/1.1', 'Host: a')}RUBBISH\r\n\r\n`,
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toBe('{"status":"live"}')
  })
})

describe('methods that do not belong here', () => {
  test('TRACE is refused and echoes nothing', async () => {
    const answer = await talk(
      platform.origin,
      lines('TRACE /api/v1/key-set HTTP/1.1', 'Host: a', 'X-Secret: s3cret', 'Connection: close'),
    )
    expectProblem(answer, 405, 'request.method_not_allowed')
    expect(answer.headers.allow).toBe('GET, HEAD')
    expect(answer.body).not.toContain('s3cret')
  })

  test('CONNECT is refused', async () => {
    await refused(
      lines('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443'),
      400,
      'request.malformed',
    )
  })

  test('an upgrade that nobody offers is an ordinary request', async () => {
    const answer = await talk(
      platform.origin,
      lines('GET /health HTTP/1.1', 'Host: a', 'Connection: Upgrade, close', 'Upgrade: h2c'),
    )
    expect(answer.status).toBe(200)
  })
})

describe('size', () => {
  test('headers beyond the limit are 431', async () => {
    await refused(
      lines('GET /api/v1/key-set HTTP/1.1', 'Host: a', `X-Long: ${'x'.repeat(20_000)}`),
      431,
      'request.headers_too_large',
    )
  })

  test('an address beyond the limit is 431, one below it is looked up', async () => {
    const ask = (length: number) =>
      talk(
        platform.origin,
        lines(`GET /${'a'.repeat(length - 1)} HTTP/1.1`, 'Host: a', 'Connection: close'),
      )
    expectProblem(await ask(8_193), 431, 'request.headers_too_large')
    expectProblem(await ask(8_192), 404, 'request.route_missing')
    expectProblem(await ask(20_000), 431, 'request.headers_too_large')
  })

  test('more headers than anybody needs are 431', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `x-${index}: 1`)
    const answer = await talk(
      platform.origin,
      lines('GET /api/v1/key-set HTTP/1.1', 'Host: a', 'Connection: close', ...many),
    )
    expectProblem(answer, 431, 'request.headers_too_large')
  })

  test('a body that says it is too large is refused before a byte of it is handed over', async () => {
    const answer = await refused(
      lines(post, 'Host: a', json, 'Content-Length: 1048577'),
      413,
      'request.body_too_large',
    )
    expect(answer.tookMs).toBeLessThan(3_000)
  })

  test('a sender of gigabytes is answered, and cut off after a few megabytes', async () => {
    const piece = Buffer.alloc(65_536, 0x20)
    const answer = await talk(
      platform.origin,
      (function* () {
        yield lines(post, 'Host: a', json, 'Content-Length: 8589934592')
        for (;;) yield piece
      })(),
    )
    expectProblem(answer, 413, 'request.body_too_large')
    expect(answer.sentBytes).toBeLessThan(64 * 1_048_576)
    expect(answer.tookMs).toBeLessThan(5_000)
  })

  test('chunks without end are cut off by the service at its limit', async () => {
    const chunk = Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`)
    const answer = await talk(
      platform.origin,
      (function* () {
        yield lines(post, 'Host: a', json, 'Transfer-Encoding: chunked')
        for (;;) yield chunk
      })(),
    )
    expectProblem(answer, 413, 'request.body_too_large')
    expect(answer.sentBytes).toBeLessThan(64 * 1_048_576)
  })

  test('chunks without end are cut off where nobody would have read them', async () => {
    const chunk = Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`)
    const answer = await talk(
      platform.origin,
      (function* () {
        yield lines('POST /api/v1/nowhere HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')
        for (;;) yield chunk
      })(),
    )
    expectProblem(answer, 404, 'request.route_missing')
    expect(answer.sentBytes).toBeLessThan(64 * 1_048_576)
    expect(answer.tookMs).toBeLessThan(5_000)
  })

  test('a chunk size beyond all numbers is refused', async () => {
    const answer = await talk(
      platform.origin,
      `${lines(post, 'Host: a', json, 'Transfer-Encoding: chunked')}FFFFFFFFFFFFFFFFF\r\n`,
    )
    expectProblem(answer, 400, 'request.malformed')
  })
})

describe('Expect', () => {
  const body = '{"email":"a@example.com","password":"x"}'

  test('a body that will be read is asked for, once who asks is known', async () => {
    const answer = await talk(
      platform.origin,
      lines(
        post,
        'Host: a',
        json,
        `Content-Length: ${body.length}`,
        'Expect: 100-continue',
        'Connection: close',
      ) + body,
    )
    expect(answer.status).toBe(100)
    expect(answer.body).toContain('HTTP/1.1 401 ')
  })

  test('a body that will be refused is not asked for', async () => {
    const answer = await refused(
      lines(post, 'Host: a', json, 'Content-Length: 99999999', 'Expect: 100-continue'),
      413,
      'request.body_too_large',
    )
    expect(answer.body).not.toContain('100 Continue')
  })

  test('any other expectation is 417', async () => {
    await refused(lines(post, 'Host: a', 'Expect: a-miracle'), 417, 'request.expectation_unknown')
  })
})

describe('time', () => {
  async function* slowly(head: string, text: string) {
    yield head
    for (const letter of text) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      yield letter
    }
  }

  test('headers that drip in are cut off with 408', async () => {
    const answer = await talk(
      platform.origin,
      slowly('GET /api/v1/key-set HTTP/1.1\r\nHost: a\r\nX-Slow: ', 'x'.repeat(200)),
    )
    expectProblem(answer, 408, 'request.timed_out')
    expect(answer.tookMs).toBeLessThan(4_000)
  })

  test('a body that drips in is cut off with 408', async () => {
    const answer = await talk(
      platform.origin,
      slowly(lines(post, 'Host: a', json, 'Content-Length: 1000'), ' '.repeat(200)),
    )
    expectProblem(answer, 408, 'request.timed_out')
    expect(answer.tookMs).toBeLessThan(6_000)
  })
})

test('after all this the platform answers as ever, and nothing was its fault', async () => {
  expect((await platform.anonymous.raw('GET', '/readiness')).status).toBe(200)
  expect(platform.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
