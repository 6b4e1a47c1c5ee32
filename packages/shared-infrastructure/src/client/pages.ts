// The pages of one client: its build answers requests, and what only the server may know of one is
// given to loaders and actions as their context. The build is read with the first request.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import type { PageRequest } from '@prognetwork/contracts'
import type {
  createRequestHandler,
  RouterContext,
  RouterContextProvider,
  ServerBuild,
} from 'react-router'
import { packingFor } from './packing.ts'

/** What the server entry of each client exports beside what React Router asks of it. */
interface OwnExports {
  readonly pageRequest: RouterContext<PageRequest>
  readonly createRequestHandler: typeof createRequestHandler
  readonly RouterContextProvider: typeof RouterContextProvider
}
type ClientBuild = ServerBuild & { readonly entry: { readonly module: OwnExports } }

export interface Pages {
  /** The reply is made before any of it is written: what breaks on the way is still answered. */
  make(
    request: IncomingMessage,
    response: ServerResponse,
    page: OpenPage & { readonly body: Buffer | undefined },
  ): Promise<Response>
}

/** A request for a page, with what its reply will carry. */
export interface OpenPage {
  readonly request: PageRequest
  readonly cookies: readonly string[]
  readonly formOrigins: readonly string[]
}

export function createPages(options: {
  readonly directory: string
  readonly origin: string
}): Pages {
  const { directory, origin } = options
  let loaded: ReturnType<typeof load> | undefined
  const { protocol } = new URL(origin)

  async function load() {
    const file = join(directory, 'build/server/index.js')
    const build = (await import(pathToFileURL(file).href)) as ClientBuild
    const { createRequestHandler, ...own } = build.entry.module
    return { ...own, handle: createRequestHandler(build, 'production') }
  }

  return {
    async make(request, response, page) {
      // One that failed is tried again with the next request.
      loaded ??= load().catch((error) => {
        loaded = undefined
        throw error
      })
      const { handle, pageRequest, RouterContextProvider } = await loaded
      const context = new RouterContextProvider()
      context.set(pageRequest, page.request)
      const aborted = new AbortController()
      response.on('close', () => {
        if (!response.writableFinished) aborted.abort()
      })
      const url = `${protocol}//${request.headers.host}${request.url}`
      return handle(toRequest(request, { url, body: page.body, signal: aborted.signal }), context)
    },
  }
}

export function newNonce(): string {
  return randomBytes(16).toString('base64')
}

function toRequest(
  request: IncomingMessage,
  given: { readonly url: string; readonly body: Buffer | undefined; readonly signal: AbortSignal },
): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  const { method = 'GET' } = request
  const { url, body, signal } = given
  return new Request(url, {
    ...{ method, headers, signal },
    ...(body && { body: new Uint8Array(body) }),
  })
}

/** Writes a reply with what its page has set. */
export async function writePage(
  reply: Response,
  request: IncomingMessage,
  response: ServerResponse,
  page: OpenPage,
): Promise<void> {
  response.statusCode = reply.status
  for (const [name, value] of reply.headers) response.setHeader(name, value)
  for (const cookie of page.cookies) response.appendHeader('set-cookie', cookie)
  const isPage = reply.headers.get('content-type')?.startsWith('text/html')
  if (isPage && !reply.headers.has('content-security-policy')) {
    response.setHeader('content-security-policy', policyFor(page))
    // Forms without script are told apart from others' by Origin, which this policy sends.
    response.setHeader('referrer-policy', 'same-origin')
  }
  if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'private, no-cache')
  if (!reply.body || request.method === 'HEAD') {
    response.end()
    return
  }
  const packing = packingFor(request, response)
  const steps = [Readable.fromWeb(reply.body as never), ...(packing ? [packing] : []), response]
  await pipeline(steps).catch(() => response.destroy())
}

/** Script and style of the page itself only; attributes of style are set by React. */
function policyFor({ request, formOrigins }: OpenPage): string {
  const own = `'self' 'nonce-${request.nonce}'`
  return [
    "default-src 'self'",
    `script-src ${own} 'strict-dynamic'`,
    `style-src ${own}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ['form-action', "'self'", ...formOrigins].join(' '),
  ].join('; ')
}
