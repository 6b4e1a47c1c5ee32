import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { boundedBody, linesOf } from './streaming.ts'

async function collect(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of body) text += Buffer.from(chunk).toString()
  return text
}

test('a body within its limit comes through as it is', async () => {
  const body = Readable.from([Buffer.from('ab'), Buffer.from('cd')])
  expect(await collect(boundedBody(body, 4))).toBe('abcd')
})

test('a body beyond its limit is refused at the byte that is too many', async () => {
  const read: string[] = []
  const reading = (async () => {
    const body = Readable.from([Buffer.from('ab'), Buffer.from('cde'), Buffer.from('f')])
    for await (const chunk of boundedBody(body, 4)) read.push(Buffer.from(chunk).toString())
  })()
  await expect(reading).rejects.toMatchObject({ code: 'request.body_too_large' })
  expect(read).toEqual(['ab'])
})

test('a body that is not read to its end is swallowed, and its stream is not destroyed', async () => {
  const body = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(1_000)))
  for await (const chunk of boundedBody(body, 1_000_000)) {
    expect(chunk).toHaveLength(1_000)
    break
  }
  await expect.poll(() => body.readableEnded).toBe(true)
})

test('a body that breaks off says so', async () => {
  async function* broken() {
    yield Buffer.from('ab')
    throw new Error('connection reset')
  }
  const reading = collect(boundedBody(Readable.from(broken()), 4))
  await expect(reading).rejects.toMatchObject({ code: 'request.body_malformed' })
})

test('what a handler yields is a line each, and its end is told once', async () => {
  const ends: unknown[] = []
  async function* items() {
    yield { a: 1 }
    yield { a: 2 }
  }
  const text = await collect(linesOf(items(), JSON.stringify, (failure) => ends.push(failure)))
  expect(text).toBe('{"a":1}\n{"a":2}\n')
  expect(ends).toEqual([undefined])
})

test('a handler that fails half-way ends the reply, and the failure is told', async () => {
  const failure = new Error('half-way')
  const ends: unknown[] = []
  async function* items() {
    yield { a: 1 }
    throw failure
  }
  const lines = linesOf(items(), JSON.stringify, (told) => ends.push(told))
  await expect(collect(lines)).rejects.toBe(failure)
  expect(ends).toEqual([failure])
})

test('a handler is not held up by a client that does not read yet', async () => {
  let made = 0
  async function* items() {
    for (; made < 1_000; made++) yield { text: 'x'.repeat(1_000) }
  }
  const lines = linesOf(items(), JSON.stringify, () => {})
  lines.read(0)
  await expect.poll(() => made).toBe(1_000)
  lines.destroy()
})
