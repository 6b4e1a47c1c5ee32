import type { CloudEvent } from '@prognetwork/contracts/event-streaming'
import { request } from 'undici'
import { WebSocket } from 'ws'

/** A client of a stream, whatever it speaks. */
export interface OpenStream {
  readonly status: number
  readonly events: readonly CloudEvent[]
  /** The id a browser would come back with. */
  readonly lastId: () => string | undefined
  /** The reason that the server gave for its end. */
  readonly ended: Promise<string>
  readonly problem: { readonly code?: string } | undefined
  close(): void
  /** Resolves when there are so many events. */
  has(count: number): Promise<readonly CloudEvent[]>
}

type Headers = Readonly<Record<string, string>>

/** Opens Server-Sent Events at an address. */
export async function openEventSource(url: string, headers: Headers): Promise<OpenStream> {
  const abort = new AbortController()
  const response = await request(url, { headers, signal: abort.signal, bodyTimeout: 0 })
  const events: CloudEvent[] = []
  const ended = Promise.withResolvers<string>()
  const { statusCode: status } = response
  let id: string | undefined
  if (status !== 200)
    return {
      ...{ status, events, ended: ended.promise, close: () => {} },
      lastId: () => undefined,
      problem: (await response.body.json()) as { code?: string },
      has: () => Promise.reject(new Error('it was refused')),
    }
  const take = (block: string) => {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [name = '', value = ''] = line.split(/: (.*)/s)
        return [name, value] as const
      }),
    )
    id = fields.get('id') ?? id
    const data = fields.get('data')
    if (fields.get('event') === 'end') ended.resolve(JSON.parse(data ?? '{}').reason)
    else if (data !== undefined) events.push(JSON.parse(data))
  }
  const read = async () => {
    let rest = ''
    response.body.setEncoding('utf8')
    for await (const chunk of response.body) {
      rest += chunk
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) take(block)
    }
  }
  read().then(
    () => ended.resolve('closed'),
    () => ended.resolve('aborted'),
  )
  return {
    ...{ status, events, ended: ended.promise, problem: undefined },
    lastId: () => id,
    close: () => abort.abort(),
    has: (count) => hasCome(events, count),
  }
}

/** Opens the same by WebSocket. */
export async function openWebSocket(url: string, headers: Headers): Promise<OpenStream> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers })
  const events: CloudEvent[] = []
  const ended = Promise.withResolvers<string>()
  socket.on('message', (text) => events.push(JSON.parse(String(text))))
  socket.on('close', (_code, reason) => ended.resolve(String(reason) || 'closed'))
  socket.on('error', () => {})
  const opened = Promise.withResolvers<{ status: number; problem?: { code?: string } }>()
  socket.on('open', () => opened.resolve({ status: 101 }))
  socket.on('unexpected-response', (_request, response) => {
    let text = ''
    response.on('data', (chunk) => {
      text += chunk
    })
    response.on('end', () =>
      opened.resolve({ status: response.statusCode ?? 0, problem: JSON.parse(text) }),
    )
  })
  const { status, problem } = await opened.promise
  return {
    ...{ status, events, ended: ended.promise, problem },
    lastId: () => events.at(-1)?.cursor,
    close: () => socket.close(),
    has: (count) => hasCome(events, count),
  }
}

async function hasCome(
  events: readonly CloudEvent[],
  count: number,
): Promise<readonly CloudEvent[]> {
  let seen = events.length
  let untilMs = performance.now() + 10_000
  while (events.length < count) {
    if (events.length > seen) untilMs = performance.now() + 10_000
    seen = events.length
    if (performance.now() > untilMs) throw new Error(`${events.length} of ${count} events came`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return events
}
