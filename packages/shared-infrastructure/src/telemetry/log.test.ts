import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

function setUp(options: { pretty?: boolean; isTTY?: boolean } = {}) {
  const lines: string[] = []
  const destination = {
    write: (line: string) => lines.push(line),
    isTTY: options.isTTY ?? false,
  }
  const log = createLog({
    service: 'order-service',
    level: 'info',
    pretty: options.pretty ?? false,
    destination,
  })
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '')
  return { log, lines, last }
}

describe('a log line', () => {
  it('is one JSON object with time, level word, service, fields and sentence', () => {
    const { log, lines, last } = setUp()
    log.warn({ orderId: 'o1', attempts: 2 }, 'payment was\nrefused')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1)
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'order-service',
      orderId: 'o1',
      attempts: 2,
      msg: 'payment was\nrefused',
    })
  })

  it('below the level is not written', () => {
    const { log, lines } = setUp()
    log.debug({}, 'detail')
    expect(lines).toEqual([])
  })

  it('of a child carries the fields of its parents', () => {
    const { log, last } = setUp()
    log.child({ traceId: 't1' }).child({ tenantId: 'acme' }).info({ n: 1 }, 'done')
    expect(last()).toMatchObject({ traceId: 't1', tenantId: 'acme', n: 1 })
  })

  it('cannot be forged by fields named like its own', () => {
    const { log, last } = setUp()
    log.info({ level: 'error', msg: 'x', service: 'y', time: 'z' }, 'done')
    expect(last()).toMatchObject({
      level: 'info',
      level_: 'error',
      msg: 'done',
      msg_: 'x',
      service: 'order-service',
    })
  })

  it('carries what JSON has no word for', () => {
    const { log, last } = setUp()
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    log.info(
      {
        amount: 12n,
        at: new Date(0),
        bytes: new Uint8Array(3),
        set: new Set([1]),
        map: new Map([['password', 'p']]),
        cyclic,
      },
      'done',
    )
    expect(last()).toMatchObject({
      amount: '12',
      at: '1970-01-01T00:00:00.000Z',
      bytes: '[3 bytes]',
      set: [1],
      map: { password: '[redacted]' },
      cyclic: { self: { self: { self: '[too deep]' } } },
    })
  })

  it('is written even when its fields cannot be read', () => {
    const { log, last } = setUp()
    const fields = {
      get broken(): string {
        throw new Error('no')
      },
    }
    log.info(fields, 'done')
    expect(last()).toMatchObject({ msg: 'done', unreadableFields: 'no' })
  })
})

describe('redaction', () => {
  it.each([
    'authorization',
    'Cookie',
    'set-cookie',
    'password',
    'newPassword',
    'token',
    'secret',
    'client_secret',
    'apiKey',
    'api_key',
    'x-api-key',
    'refreshToken',
    'access_token',
    'code',
  ])('removes the field %s wherever it stands', (name) => {
    const { log, lines } = setUp()
    const field = { [name]: 'hidden-value' }
    log.info({ ...field, a: field, b: { c: [field] } }, 'done')
    log.child(field).info({}, 'done')
    expect(lines.join('')).not.toContain('hidden-value')
  })

  it('leaves fields whose names only sound alike', () => {
    const { log, last } = setUp()
    const fields = { statusCode: 200, problemCode: 'order.gone', tokens: 5, cookies: 1 }
    log.info(fields, 'done')
    expect(last()).toMatchObject(fields)
  })

  it.each([jwt, 'pn_live_0123456789abcdef', 'Bearer 0123456789abcdef'])(
    'removes %s from values, sentences and errors',
    (secret) => {
      const { log, lines } = setUp()
      const error = new Error(`refused: ${secret}`)
      log.error({ header: `x ${secret} y`, err: error, list: [[secret]] }, `got ${secret}`)
      expect(lines.join('')).not.toContain(secret.split(' ').at(-1))
      expect(lines.join('')).toContain('x [redacted] y')
    },
  )

  it('writes nothing that lies too deep to be looked at', () => {
    const { log, lines } = setUp()
    log.info({ a: { b: { c: { d: { e: { password: 'hidden-value' } } } } } }, 'done')
    expect(lines.join('')).toContain('[too deep]')
    expect(lines.join('')).not.toContain('hidden-value')
  })

  it('does not take long over a text made to slow it down', () => {
    const { log } = setUp()
    const startedMs = performance.now()
    log.info({ a: 'eyJ-'.repeat(50_000), b: 'Bearer '.repeat(50_000) }, 'pn_'.repeat(50_000))
    expect(performance.now() - startedMs).toBeLessThan(500)
  })
})

describe('an error in a log line', () => {
  it('comes with its stack, its code and the chain of its causes, without its other fields', () => {
    const { log, last } = setUp()
    const root = Object.assign(new Error('connection refused'), {
      code: 'ECONNREFUSED',
      detail: 'row of a customer',
    })
    log.error({ err: new TypeError('no answer', { cause: root }) }, 'call failed')
    expect(last().err).toEqual({
      name: 'TypeError',
      message: 'no answer',
      stack: expect.stringContaining('log.test.ts'),
      cause: {
        name: 'Error',
        message: 'connection refused',
        code: 'ECONNREFUSED',
        stack: expect.any(String),
      },
    })
  })

  it('may stand in place of the fields', () => {
    const { log, last } = setUp()
    log.error(new Error('boom'), 'failed')
    expect(last().err).toMatchObject({ message: 'boom' })
  })

  it('may be its own cause', () => {
    const { log, last } = setUp()
    const error = new Error('boom')
    error.cause = error
    log.error({ err: error }, 'failed')
    expect(last().err).toMatchObject({ message: 'boom', cause: { message: 'boom' } })
  })
})

describe('the form for a terminal', () => {
  it('shows time, level, service, sentence and fields, and the stack with its cause below', () => {
    const { log, lines } = setUp({ pretty: true })
    const err = new Error('outer', { cause: new Error('inner') })
    log.error({ orderId: 'o1', n: 2, err }, 'call failed')
    const text = lines.join('')
    expect(text).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} ERROR order-service call failed orderId=o1 n=2\n {2}Error: outer\n/,
    )
    expect(text).toContain('\n  caused by Error: inner\n')
    expect(text).not.toContain('\u001b[')
  })

  it('is coloured at a terminal only', () => {
    const { log, lines } = setUp({ pretty: true, isTTY: true })
    log.info({}, 'started')
    expect(lines.join('')).toContain('\u001b[32mINFO \u001b[0m')
  })
})
