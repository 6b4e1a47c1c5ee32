// Pages that are made anew as their sources change, without a build. What serves them is started with the
// first request to a client.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type {
  ClientBuild,
  ClientDefinition,
  PageSource,
} from '@prognetwork/shared-infrastructure/client'
import type { ViteDevServer } from 'vite'

/** The same clients with pages from their sources. */
export function developed(clients: readonly ClientDefinition[]): ClientDefinition[] {
  return clients.map((client) => client.withPages(sourcePages(client.directory)))
}

function sourcePages(directory: string): PageSource {
  let server: Promise<ViteDevServer> | undefined
  const start = () => {
    server ??= serve(directory)
    return server
  }
  return {
    mode: 'development',
    async load() {
      const { ssrLoadModule } = await start()
      return (await ssrLoadModule('virtual:react-router/server-build')) as ClientBuild
    },
    async serve(request, response) {
      const { middlewares } = await start()
      return new Promise((resolve, reject) => {
        response.once('close', () => resolve(true))
        middlewares(request, response, (error?: unknown) =>
          error ? reject(error) : resolve(false),
        )
      })
    },
  }
}

async function serve(directory: string): Promise<ViteDevServer> {
  const vite = await import('vite')
  return vite.createServer({
    root: directory,
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    mode: 'development',
    appType: 'custom',
    server: { middlewareMode: true, ws: { host: '127.0.0.1', port: await freePort() } },
  })
}

/** Pages hear of changes on a port of their own, which each client needs one of. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
