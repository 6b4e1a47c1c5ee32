// What makes pages from their sources, for whoever works on them.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { InlineConfig, ViteDevServer } from 'vite'

export async function startSourceServer(config: InlineConfig): Promise<ViteDevServer> {
  const vite = await import('vite')
  const port = await freePort()
  return vite.createServer({
    ...config,
    mode: 'development',
    server: { middlewareMode: true, ws: { host: '127.0.0.1', port } },
  })
}

/** False where the sources have no answer. */
export function answerFromSource(
  { middlewares }: ViteDevServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    response.once('close', () => resolve(true))
    middlewares(request, response, (error?: unknown) => (error ? reject(error) : resolve(false)))
  })
}

/** Pages hear of changes on a port of their own, which each server needs one of. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
