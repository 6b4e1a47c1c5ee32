// A server that keeps PaymentIntents as Stripe documents them, as far as payments here go. It is our
// reading of Stripe: what it lets pass is held against Stripe's own description elsewhere.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { createStripeBooks, Refusal, type StripeBooks } from './stripe-books.ts'
import type { event } from './stripe-objects.ts'

/** What befalls a request: it is not carried out, or it is and nobody hears so. */
export type Mishap = 'broken' | 'answer lost' | 'silent'

interface StripeRequest {
  readonly method: string
  readonly path: string
  readonly body: string
}

export interface StripeServer {
  readonly url: string
  readonly key: string
  readonly books: StripeBooks
  /** Every request so far that had a key. */
  readonly requests: readonly StripeRequest[]
  /** For each request that moves something: what is to befall it. */
  befall(next: () => Mishap | undefined): void
  /** What was answered under keys is forgotten, as Stripe does after a day. */
  forgetKeys(): void
  /** Told of every event, once and in order. */
  onEvent(listener: (told: ReturnType<typeof event>) => void): void
  stop(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: object
}

export async function startStripeServer(): Promise<StripeServer> {
  const key = 'sk_test_51LocalCounterpart4eC3'
  const requests: StripeRequest[] = []
  const kept = new Map<string, Answer & { readonly asked: string }>()
  let mishap = (): Mishap | undefined => undefined
  let listener: (told: ReturnType<typeof event>) => void = () => {}
  const books = createStripeBooks((told) => listener(told))

  const server = createServer(async (request, reply) => {
    const body = await textOf(request)
    const { method = '', url = '' } = request
    const send = ({ status, body }: Answer, headers = {}) =>
      reply
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body))
    if (request.headers.authorization !== `Bearer ${key}`)
      return send(refused(new Refusal(401, { type: 'invalid_request_error' })))
    requests.push({ method, path: url, body })
    if (method === 'GET') return send(carryOut(books, method, url, body))
    const befallen = mishap()
    if (befallen === 'broken') return send(refused(new Refusal(500, { type: 'api_error' })))
    const idempotencyKey = String(request.headers['idempotency-key'])
    const asked = `${method} ${url} ${body}`
    const before = kept.get(idempotencyKey)
    if (before && before.asked !== asked)
      return send(refused(new Refusal(400, { type: 'idempotency_error' })))
    const answer = before ?? carryOut(books, method, url, body)
    // What was not fit to be carried out is not kept.
    if (answer.status < 400 || answer.status === 402) kept.set(idempotencyKey, { ...answer, asked })
    if (befallen === 'answer lost') return reply.destroy()
    if (befallen === 'silent') return holdOpen(reply)
    return send(answer, before ? { 'idempotent-replayed': 'true' } : {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    books,
    requests,
    befall(next) {
      mishap = next
    },
    forgetKeys: () => kept.clear(),
    onEvent(heard) {
      listener = heard
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function holdOpen(reply: ServerResponse): void {
  reply.on('error', () => {})
}

function carryOut(books: StripeBooks, method: string, url: string, body: string): Answer {
  const { pathname, searchParams } = new URL(url, 'http://stripe.test')
  const form = new URLSearchParams(body)
  const [, , resource, id = '', verb] = pathname.split('/')
  try {
    return { status: 200, body: answerTo() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(error)
  }

  function answerTo(): object {
    if (method === 'GET' && resource === 'events') return books.listEvents(searchParams)
    if (method === 'GET' && resource === 'disputes') return books.listDisputes(searchParams)
    if (method === 'GET' && resource === 'payment_intents') return books.read(id)
    if (method === 'GET' && resource === 'refunds') return books.listRefunds(searchParams)
    if (resource === 'refunds') return books.refund(form)
    if (resource === 'payment_intents' && verb === 'capture') return books.capture(id, form)
    if (resource === 'payment_intents' && verb === 'cancel') return books.cancel(id)
    if (resource === 'payment_intents' && id === '') return books.create(form)
    throw new Refusal(404, { type: 'invalid_request_error', message: `no ${method} ${pathname}` })
  }
}

function refused({ status, error }: Refusal): Answer {
  return { status, body: { error: error satisfies Partial<Stripe.StripeRawError> } }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
