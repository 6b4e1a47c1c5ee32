import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { cloudEvent } from '@prognetwork/contracts/event-streaming'
import type { z } from 'zod'

/** A test event stands nowhere in the log. */
const arrivedEvent = cloudEvent.partial({ cursor: true })

/** One request that arrived. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly event: z.output<typeof arrivedEvent>
  readonly atMs: number
}

/** A server of a tenant's own that webhooks are sent to. */
export interface Receiver {
  readonly origin: string
  readonly received: Received[]
  at(path: string): Received[]
  /** From now on this path answers so; every other one with 200. */
  answer(path: string, listener: RequestListener): void
  stop(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const answers = new Map<string, RequestListener>()
  const server = createServer(async (request, reply) => {
    const { url: path = '', headers } = request
    const body = Buffer.concat(await request.toArray()).toString()
    const event = arrivedEvent.parse(JSON.parse(body))
    received.push({ path, headers, body, event, atMs: performance.now() })
    const answer = answers.get(path)
    if (answer) answer(request, reply)
    else reply.end('thank you')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the receiver does not listen')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    received,
    at: (path) => received.filter((one) => one.path === path),
    answer: (path, listener) => void answers.set(path, listener),
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export const refuseWith =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, reply) => {
    reply.writeHead(status, headers).end('no, thank you')
  }

/** Which of these secrets signed it; written after the standard, not after the sender. */
export function signedBy({ headers, body }: Received, secrets: readonly string[]): string[] {
  const signatures = String(headers['webhook-signature']).split(' ')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  return secrets.filter((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const expected = createHmac('sha256', key).update(signed, 'utf8').digest('base64')
    return signatures.includes(`v1,${expected}`)
  })
}
