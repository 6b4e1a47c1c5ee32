// The ways in which a tenant comes to an operation: over HTTP with a credential, or through a
// service that calls another while it works for the tenant.
import { type NamedOperation, success } from '@prognetwork/contracts'
import { request } from 'undici'
import type { Backstage } from '../host/backstage.ts'
import type { RawInput } from '../host/operation.ts'
import { addressOf } from '../http/operation-address.ts'
import { problemReply } from '../http/problem-reply.ts'
import { type Answer, isEnded } from './answers.ts'

/** One way in, under one identity. */
export interface Approach {
  /** `the owner`: findings say who it was. */
  readonly name: string
  /** A service that calls is told more than a person: what it passes on is its own affair. */
  readonly isService: boolean
  send(operation: NamedOperation, input: RawInput): Promise<Answer>
}

/** A credential that can be made anew when an operation has ended it. */
export interface Credential {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  renew?(): Promise<Readonly<Record<string, string>>>
}

/** Through the gateway. `name` and header values are the credential's. */
export function overHttp(origin: string, credential: Credential): Approach {
  let { headers } = credential
  return {
    name: credential.name,
    isService: false,
    async send(operation, input) {
      const answer = await sendOverHttp(origin, operation, input, headers)
      if (!credential.renew || !isEnded(answer)) return answer
      headers = await credential.renew()
      return sendOverHttp(origin, operation, input, headers)
    },
  }
}

/** One request, as any client would send it. */
export async function sendOverHttp(
  origin: string,
  operation: NamedOperation,
  input: RawInput,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { body } = input
  const { upload = 'application/json' } = operation.shape
  const response = await request(`${origin}/api${addressOf(operation, input)}`, {
    method: operation.method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': upload }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = operation.shape.stream
    ? await beginningOf(response.body)
    : await response.body.text()
  return {
    status: response.statusCode,
    text: `${JSON.stringify(response.headers)}\n${text}`,
    body: bodyOf(text, String(response.headers['content-type'] ?? '')),
  }
}

/** A stream ends only when it is left. */
const streamMs = 300

async function beginningOf(stream: AsyncIterable<Uint8Array> & { destroy(): void }) {
  const chunks: Uint8Array[] = []
  const timer = setTimeout(() => stream.destroy(), streamMs)
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch {
    // It was left.
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString()
}

function bodyOf(text: string, contentType: string): unknown {
  if (contentType.includes('ndjson'))
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return contentType.includes('json') ? JSON.parse(text) : text
}

/** As a service that the operation is for calls it, with somebody's identity behind the call. */
export function byService(
  backstage: Backstage,
  caller: string,
  who: { readonly name: string; readonly principal: Parameters<Backstage['callAs']>[1] },
): Approach {
  return {
    name: `${caller} for ${who.name}`,
    isService: true,
    async send(operation, input) {
      try {
        const body = await backstage.callAs(caller, who.principal, operation, input)
        const { status } = success(operation)
        return { status, body, text: JSON.stringify(body ?? null) }
      } catch (error) {
        const { status, body } = problemReply(error, '')
        return { status, body, text: JSON.stringify(body) }
      }
    },
  }
}
