// Requests to addresses that people name: webhooks, pictures by address, identity providers. What
// comes back is a stranger's as well, so its time, its size and where it leads are bounded.
import { type Dispatcher, request } from 'undici'
import { createOutsideConnections } from './outside-connections.ts'
import { createOutsideRules, OutsideRefused } from './outside-rules.ts'

interface OutsideRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For all of it: looking up, redirects and the reply. */
  readonly timeoutMs: number
  readonly maxReplyBytes: number
  /** Ends it sooner. */
  readonly signal?: AbortSignal
}

export interface OutsideReply {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Buffer
  /** False when the body was longer than asked for, slower, or broke off. */
  readonly isWhole: boolean
}

export interface OutsideRequests {
  /** Throws `OutsideRefused` where an address could never be asked; names are resolved later. */
  checkUrl(url: string): URL
  /** Throws `OutsideRefused`, or whatever went wrong: see `outsideFailure`. */
  send(one: OutsideRequest): Promise<OutsideReply>
  /** Ends what is under way. */
  close(): Promise<void>
}

const maxRedirects = 3
const redirects = new Set([301, 302, 307, 308])

export function createOutsideRequests(options: {
  /** Networks that an operator opens besides the public internet. */
  readonly allowedNetworks: readonly string[]
  /** Name servers; the machine's own without any. */
  readonly nameServers?: readonly string[]
}): OutsideRequests {
  const rules = createOutsideRules(options.allowedNetworks)
  const connections = createOutsideConnections({ rules, nameServers: options.nameServers ?? [] })

  /** Redirects are followed with the same method and body: whoever is asked meant it so. */
  async function follow(one: OutsideRequest, signal: AbortSignal): Promise<OutsideReply> {
    let target = rules.checkUrl(one.url)
    for (let followed = 0; ; followed++) {
      const asked = request(target, {
        dispatcher: connections.agent,
        method: one.method,
        headers: one.headers,
        signal,
        ...(one.body !== undefined && { body: one.body }),
      })
      const response = await Promise.race([asked, ended(signal)])
      const next = nextOf(response, target)
      const { body, isWhole } = await beginningOf(response.body, next ? 0 : one.maxReplyBytes)
      if (next === undefined)
        return { status: response.statusCode, headers: response.headers, body, isWhole }
      if (followed === maxRedirects)
        throw new OutsideRefused(`It redirects more than ${maxRedirects} times`)
      target = checkedRedirect(next, target)
    }
  }

  function checkedRedirect(next: string, from: URL): URL {
    const target = rules.checkUrl(next)
    if (from.protocol === 'https:' && target.protocol === 'http:')
      throw new OutsideRefused('It redirects from https to http')
    return target
  }

  return {
    checkUrl: rules.checkUrl,
    send(one) {
      const timeout = AbortSignal.timeout(one.timeoutMs)
      return follow(one, one.signal ? AbortSignal.any([timeout, one.signal]) : timeout)
    },
    close: connections.close,
  }
}

/** Rejects when the signal does: undici looks at it once there is a connection, and not before. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Where a reply redirects to. */
function nextOf(response: Dispatcher.ResponseData, from: URL): string | undefined {
  const { location } = response.headers
  if (!redirects.has(response.statusCode) || typeof location !== 'string') return undefined
  return URL.canParse(location, from.href) ? new URL(location, from).href : location
}

/** As much of a body as is wanted; a status that has arrived counts, whatever its body does. */
async function beginningOf(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
): Promise<Pick<OutsideReply, 'body' | 'isWhole'>> {
  const chunks: Buffer[] = []
  let bytes = 0
  let isWhole = true
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxBytes) {
        isWhole = false
        break
      }
    }
  } catch {
    isWhole = false
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), isWhole }
}
