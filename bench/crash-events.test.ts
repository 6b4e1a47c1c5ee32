import { findProgram, hasKafka } from '@prognetwork/shared-infrastructure/servers'
import { expect, test } from 'vitest'
import {
  kafkaMissing,
  redisMissing,
} from '../core/event-streaming-service/test/broker-under-test.ts'
import { type CrashTransport, crashEvents } from './crash-events.ts'

const transports: [name: CrashTransport, seed: number, isHere: boolean, missing: string][] = [
  ['postgres', 1, true, ''],
  ['redis', 4, findProgram('redis-server') !== undefined, redisMissing],
  ['kafka', 7, hasKafka(), kafkaMissing],
]

test.for(transports)(
  'every event has its effect once, in order, whatever is killed on its way: %s',
  { timeout: 240_000 },
  async ([transport, seed, isHere, missing], context) => {
    if (!isHere) context.skip(missing)
    const report = await crashEvents({ transport, rounds: 3, seed, say: () => {} })
    expect(report).toMatchObject({ lost: [], doubled: [], disordered: [] })
    expect(report.balance.is).toBe(report.balance.mustBe)
    expect(report.events).toBeGreaterThan(1_000)
    expect(Object.values(report.kills).reduce((sum, one) => sum + one)).toBe(3)
  },
)
