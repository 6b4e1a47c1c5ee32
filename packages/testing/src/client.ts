import type { Readable } from 'node:stream'
import type { CallInput, NamedOperation, Output, ProblemDetails } from '@prognetwork/contracts'
import { type Dispatcher, request } from 'undici'

/** What came back: `body` is the parsed reply, or the problem's details. */
export interface Answer<Body> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Body
  /** The body as a problem. Throws when the answer is a success. */
  readonly problem: ProblemDetails
}

/** Calls operations over HTTP through the gateway, as one principal. */
export interface TestClient {
  call<O extends NamedOperation>(
    operation: O,
    input: CallInput<O>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Output<O>>>
  /** Anything at all, for what no honest client would send. */
  raw(
    method: string,
    path: string,
    options?: {
      body?: string | Buffer | Readable
      headers?: Readonly<Record<string, string>>
      /** The media type of which a reply is bytes. */
      file?: string
    },
  ): Promise<Answer<unknown>>
  as(accessToken: string): TestClient
  /** The same principal, who names a tenant by its slug or id. */
  at(tenant: string): TestClient
}

export function createTestClient(
  origin: string,
  authorization: Readonly<Record<string, string>> = {},
): TestClient {
  const client: TestClient = {
    async call(operation, input, headers = {}) {
      const { params, query, body } = input as {
        params?: Record<string, unknown>
        query?: Record<string, unknown>
        body?: unknown
      }
      const { file } = operation.shape
      const path = fillPath(operation.path, params ?? {}) + queryString(query ?? {})
      return (await client.raw(operation.method, `/api${path}`, {
        headers: {
          ...headers,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(file !== undefined && { file }),
      })) as Answer<never>
    },
    async raw(method, path, options = {}) {
      const response = await request(origin + path, {
        method: method as 'GET',
        headers: { ...authorization, ...options.headers },
        ...(options.body !== undefined && { body: options.body }),
      })
      const type = String(response.headers['content-type'] ?? '')
      const bytes = await bytesOf(response)
      const text = bytes.toString()
      const body = type === options.file ? { bytes: bytes.toString('base64') } : read(text, type)
      return {
        status: response.statusCode,
        headers: response.headers,
        body,
        get problem() {
          if (response.statusCode < 400)
            throw new Error(`expected a problem, got ${response.statusCode} ${text}`)
          return body as ProblemDetails
        },
      }
    },
    as: (accessToken) => createTestClient(origin, { authorization: `Bearer ${accessToken}` }),
    at: (tenant) => createTestClient(origin, { ...authorization, 'prog-tenant': tenant }),
  }
  return client
}

/** A stream has no end of its own: that it opened is all that is seen of it here. */
async function bytesOf({ headers, body }: Dispatcher.ResponseData): Promise<Buffer> {
  if (!String(headers['content-type']).startsWith('text/event-stream'))
    return Buffer.from(await body.arrayBuffer())
  body.on('error', () => {}).destroy()
  return Buffer.alloc(0)
}

/** A reply in lines is the list of them. */
function read(text: string, contentType: string): unknown {
  if (contentType.includes('ndjson'))
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  if (text === '') return undefined
  return contentType.includes('json') ? JSON.parse(text) : text
}

function fillPath(path: string, params: Record<string, unknown>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name])))
}

function queryString(query: Record<string, unknown>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.append(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}
