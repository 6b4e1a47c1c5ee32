import { afterEach, expect, test } from 'vitest'
import { Unavailable } from '../service/failure.ts'
import { createThread, ThreadLost } from './thread.ts'

interface Answer {
  readonly doubled: number
  readonly threadId: number
}

const made: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thread of made.splice(0)) await thread.close()
})

function calculator(file = './fixtures/calculator.ts') {
  const thread = createThread<number, Answer>({
    module: new URL(file, import.meta.url),
    ...{ what: 'calculating', jobMs: 1_000, resourceLimits: { maxOldGenerationSizeMb: 64 } },
  })
  made.push(thread)
  return thread
}

test('what is asked at once is done one after the other, each by the same thread', async () => {
  const thread = calculator()
  const answers = await Promise.all([1, 2, 3, 4].map((number) => thread.ask(number)))
  expect(answers.map(({ doubled }) => doubled)).toEqual([2, 4, 6, 8])
  expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(1)
})

test.each([
  ['takes too long', 0],
  ['breaks', -1],
])('a job that %s loses its thread, and those after it have another', async (_, bad) => {
  const thread = calculator()
  const before = await thread.ask(1)
  const [lost, after] = await Promise.allSettled([thread.ask(bad), thread.ask(5)])
  expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(ThreadLost) })
  expect(after).toMatchObject({ status: 'fulfilled', value: { doubled: 10 } })
  expect((await thread.ask(1)).threadId).not.toBe(before.threadId)
})

test('a thread that was closed begins again when it is asked', async () => {
  const thread = calculator()
  const { threadId } = await thread.ask(1)
  await thread.close()
  expect((await thread.ask(2)).threadId).not.toBe(threadId)
})

test('a thread that cannot begin is not to be had', async () => {
  await expect(calculator('./fixtures/nowhere.ts').ask(1)).rejects.toThrow(Unavailable)
})

test('more than can be done in time is not taken on', async () => {
  const thread = calculator()
  const asked = Array.from({ length: 1_001 }, (_, at) => thread.ask(at + 1))
  const answers = await Promise.allSettled(asked)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1_000)
  expect(answers.at(-1)).toMatchObject({ reason: expect.any(Unavailable) })
})
