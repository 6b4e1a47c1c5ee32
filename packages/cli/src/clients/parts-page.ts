// The page that shows every part of packages/ui in each of its states, from its sources.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { ViteDevServer } from 'vite'
import { answerFromSource, startSourceServer } from './source-server.ts'

const base = '/@parts/'

export interface PartsPage {
  isAt(path: string): boolean
  /** False where there is no such file. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  stop(): Promise<void>
}

export function createPartsPage(): PartsPage {
  let server: Promise<ViteDevServer> | undefined
  const start = () =>
    startSourceServer({
      ...{ root: join(import.meta.dirname, '../../../ui/parts'), base, configFile: false },
      ...{ appType: 'mpa', logLevel: 'warn' },
      oxc: { jsx: { runtime: 'automatic' } },
    })
  return {
    isAt: (path) => path.startsWith(base),
    async serve(request, response) {
      server ??= start()
      return answerFromSource(await server, request, response)
    },
    stop: async () => (await server)?.close(),
  }
}
