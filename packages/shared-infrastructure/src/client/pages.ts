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
export type ClientBuild = ServerBuild & { readonly entry: { readonly module: OwnExports } }

/** Where the pages of a client come from. */
export interface PageSource {
  readonly mode: 'production' | 'development'
  /** What answers requests, as it is now. */
  load(): Promise<ClientBuild>
  /** Answers a request for a part of the pages; false where it is for a page. */
  serve?(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

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

/** The build in the folder of a client; it is read with the first request. */
export function builtPages(directory: string): PageSource {
  let loaded: Promise<ClientBuild> | undefined
  const file = join(directory, 'build/server/index.js')
  return {
    mode: 'production',
    load() {
      // One that failed is tried again with the next request.
      loaded ??= import(pathToFileURL(file).href).catch((error) => {
        loaded = undefined
        throw error
      })
      return loaded
    },
  }
}

export function createPages(options: {
  readonly source: PageSource
  readonly origin: string
}): Pages {
  const { source, origin } = options
  const { protocol } = new URL(origin)
  let known: { build: ClientBuild; handle: ReturnType<typeof createRequestHandler> } | undefined

  async function current() {
    const build = await source.load()
    const { createRequestHandler } = build.entry.module
    if (known?.build !== build) known = { build, handle: createRequestHandler(build, source.mode) }
    return { ...build.entry.module, handle: known.handle }
  }

  return {
    async make(request, response, page) {
      const { handle, pageRequest, RouterContextProvider } = await current()
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
  mode: PageSource['mode'],
): Promise<void> {
  response.statusCode = reply.status
  for (const [name, value] of reply.headers) response.setHeader(name, value)
  for (const cookie of page.cookies) response.appendHeader('set-cookie', cookie)
  const isPage = reply.headers.get('content-type')?.startsWith('text/html')
  if (isPage && !reply.headers.has('content-security-policy')) {
    response.setHeader('content-security-policy', policyFor(page, mode))
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
function policyFor({ request, formOrigins }: OpenPage, mode: PageSource['mode']): string {
  const own = `'self' 'nonce-${request.nonce}'`
  // What is reloaded as one types comes over a connection of its own, and styles come with script.
  const isReloaded = mode === 'development'
  return [
    "default-src 'self'",
    `script-src ${own} 'strict-dynamic'`,
    isReloaded ? "style-src 'self' 'unsafe-inline'" : `style-src ${own}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    isReloaded ? "connect-src 'self' ws:" : "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ['form-action', "'self'", ...formOrigins].join(' '),
  ].join('; ')
}
