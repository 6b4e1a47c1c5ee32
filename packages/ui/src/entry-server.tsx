// The server entry of every client: a page is sent when it is whole, so that nothing of it depends on
// script, and each of its scripts carries the nonce of the page.

import { renderToReadableStream } from 'react-dom/server'
import {
  createRequestHandler,
  type EntryContext,
  isRouteErrorResponse,
  RouterContextProvider,
  ServerRouter,
} from 'react-router'
import { Nonce, PageTraces } from './document.tsx'
import { pageRequest } from './page-request.ts'

/** What the server of the client needs of the very React Router that made the pages. */
export { createRequestHandler, pageRequest, RouterContextProvider }

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  entryContext: EntryContext,
  context: RouterContextProvider,
): Promise<Response> {
  const page = context.get(pageRequest)
  let broken = false
  const stream = await renderToReadableStream(
    <Nonce value={page.nonce}>
      <PageTraces value={page.traces}>
        <ServerRouter context={entryContext} url={request.url} nonce={page.nonce} />
      </PageTraces>
    </Nonce>,
    {
      nonce: page.nonce,
      signal: request.signal,
      onError(error) {
        broken = true
        page.report(error)
      },
    },
  )
  await stream.allReady
  headers.set('content-type', 'text/html; charset=utf-8')
  return new Response(stream, { headers, status: broken ? 500 : status })
}

/** Loaders and actions that broke; what they refuse with is no error of theirs. */
export function handleError(
  error: unknown,
  { request, context }: { request: Request; context: RouterContextProvider },
): void {
  if (!request.signal.aborted && !isRouteErrorResponse(error))
    context.get(pageRequest).report(error)
}
