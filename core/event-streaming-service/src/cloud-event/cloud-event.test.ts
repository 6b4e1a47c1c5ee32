import { event, personal, upcaster } from '@prognetwork/contracts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCloudEvents } from './cloud-event.ts'

const noted1 = event(
  'letter.noted',
  1,
  z.object({ letterId: z.string(), from: personal(z.string(), 'letterId') }),
  { key: 'letterId', example: { letterId: 'l', from: 'Ada' } },
)
const noted2 = event('letter.noted', 2, z.object({ letterId: z.string(), from: z.string() }), {
  key: 'letterId',
  example: { letterId: 'l', from: 'a town' },
  upcaster: upcaster(noted1, ({ letterId }) => ({ letterId, from: '' })),
})

test('what was personal when the event was written stays behind, whatever it is now', () => {
  const { dataOf } = createCloudEvents(new Map([[noted2.type, noted2]]))
  const row = (version: number) => {
    return { type: noted2.type, version, data: JSON.stringify({ letterId: 'l', from: 'x' }) }
  }
  expect(dataOf(row(1))).toEqual({ letterId: 'l', from: null })
  expect(dataOf(row(2))).toEqual({ letterId: 'l', from: 'x' })
})
