// Pages that are made anew as their sources change, without a build. What serves them is started with the
// first request to a client.
import { join } from 'node:path'
import type {
  ClientBuild,
  ClientDefinition,
  PageSource,
} from '@prognetwork/shared-infrastructure/client'
import type { ViteDevServer } from 'vite'
import { createPartsPage, type PartsPage } from './parts-page.ts'
import { answerFromSource, startSourceServer } from './source-server.ts'

/** The same clients with pages from their sources, and beside them the page of all parts. */
export function developed(clients: readonly ClientDefinition[]): ClientDefinition[] {
  const parts = createPartsPage()
  return clients.map((client) => client.withPages(sourcePages(client.directory, parts)))
}

function sourcePages(directory: string, parts: PartsPage): PageSource {
  let server: Promise<ViteDevServer> | undefined
  const start = () => {
    server ??= startSourceServer({
      root: directory,
      configFile: join(import.meta.dirname, 'vite.config.ts'),
      appType: 'custom',
    })
    return server
  }
  return {
    mode: 'development',
    async load() {
      const { ssrLoadModule } = await start()
      return (await ssrLoadModule('virtual:react-router/server-build')) as ClientBuild
    },
    async serve(request, response) {
      if (parts.isAt(request.url ?? '')) return parts.serve(request, response)
      return answerFromSource(await start(), request, response)
    },
  }
}
