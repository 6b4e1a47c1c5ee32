import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createKeyRing } from '../key-ring/index.ts'
import { createBrowserTraces } from './browser-traces.ts'

const traces = createBrowserTraces({
  client: 'admin-client',
  keyRing: createKeyRing([{ id: 'test', key: randomBytes(32) }]),
  edge: { tracer: undefined as never },
  isConsole: true,
})
const ask = (method: string, url: string) =>
  traces.parentOf({ method, url, headers: {} } as IncomingMessage)

test.each(['/browser-spans', '/t/one/browser-spans'])('telling at %s is not recorded', (url) => {
  expect(ask('POST', url)?.sampled).toBe(false)
})

test.each([
  ['POST', '/t/one/orders?x=/browser-spans'],
  ['POST', '/t/one/orders/browser-spans'],
  ['GET', '/t/one?/browser-spans'],
  ['GET', '/browser-spans'],
])('nothing else gets past being recorded: %s %s', (method, url) => {
  expect(ask(method, url)).toBeUndefined()
})
