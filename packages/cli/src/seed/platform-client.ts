import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CallInput,
  type NamedOperation,
  type Output,
  problemDetails,
} from '@prognetwork/contracts'

/** What an operation is asked about, in its address. */
interface Place {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
}

/** Operations of a running platform, over HTTP, as one principal. */
export interface PlatformClient {
  /** The reply; a refusal by a rate limit is waited out, any other problem throws. */
  call<O extends NamedOperation>(operation: O, input: CallInput<O>): Promise<Output<O>>
  /** A body that is no JSON; answers the reply as text. */
  send(
    operation: NamedOperation,
    contentType: string,
    body: string | Uint8Array<ArrayBuffer>,
    place?: Place,
  ): Promise<string>
  as(accessToken: string): PlatformClient
  /** The same principal at a tenant, named by its slug. */
  at(tenant: string): PlatformClient
  /** The same within one trace (W3C). */
  tracing(traceparent: string): PlatformClient
}

/** A problem that a platform answered. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function createPlatformClient(
  origin: string,
  headers: Readonly<Record<string, string>> = {},
): PlatformClient {
  async function request(
    operation: NamedOperation,
    place: Place,
    contentType: string,
    body?: string | Uint8Array<ArrayBuffer>,
  ) {
    const address = `${origin}/api${addressOf(operation, place)}`
    for (;;) {
      const response = await fetch(address, {
        method: operation.method,
        headers: { ...headers, ...(body !== undefined && { 'content-type': contentType }) },
        ...(body !== undefined && { body }),
      }).catch((cause: unknown) => {
        throw new Error(`Nothing answers at ${origin}; is the platform running?`, { cause })
      })
      const text = await response.text()
      if (response.ok) return text
      if (response.status !== 429) throw refusal(operation, text)
      await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1))
    }
  }
  return {
    async call(operation, input) {
      const { body, ...place } = input as Place & { body?: unknown }
      const json = body === undefined ? undefined : JSON.stringify(body)
      const text = await request(operation, place, 'application/json', json)
      return (text === '' ? undefined : JSON.parse(text)) as never
    },
    send: (operation, contentType, body, place = {}) =>
      request(operation, place, contentType, body),
    as: (token) => createPlatformClient(origin, { ...headers, authorization: `Bearer ${token}` }),
    at: (tenant) => createPlatformClient(origin, { ...headers, 'prog-tenant': tenant }),
    tracing: (traceparent) => createPlatformClient(origin, { ...headers, traceparent }),
  }
}

function addressOf({ path }: NamedOperation, { params = {}, query = {} }: Place): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''))
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given)}`
}

function refusal({ name }: NamedOperation, text: string): Error {
  try {
    const { code, title, detail } = problemDetails.parse(JSON.parse(text))
    return new Refusal(code, `${name}: ${title}: ${detail}`)
  } catch {
    return new Error(`${name}: the platform answered something that is no problem details`)
  }
}
