// A web client is a service of the public zone whose operations are everybody else's: its server
// keeps the sessions of browsers, hands `/api` over as the gateway does, and makes the pages.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contract, signInClient, type WebClient } from '@prognetwork/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createDoor } from '../door/door.ts'
import { doorEvents } from '../door/door-watches.ts'
import type { Exchange } from '../front/exchange.ts'
import { createFront, frontKeys } from '../front/front.ts'
import { mountHealth } from '../front/health.ts'
import { mountOperations } from '../front/operations.ts'
import { defineEdge, type EdgeDefinition } from '../service/definition.ts'
import { createAssets } from './assets.ts'
import { createBrowserDoor } from './browser-door.ts'
import { createBrowserTraces } from './browser-traces.ts'
import { consolePrefix } from './console-path.ts'
import { formLimitBytes, readFormBody } from './form-body.ts'
import { createPageOpener } from './page-request.ts'
import { builtPages, createPages, type OpenPage, type PageSource, writePage } from './pages.ts'
import { refuseWithPage } from './refusal-page.ts'
import { createCookieJar } from './session-cookie.ts'
import { mountSignIn } from './sign-in.ts'

/** A client as a value: what there is to know of it without starting it. */
export interface ClientDefinition extends EdgeDefinition {
  readonly name: WebClient
  /** Its folder, where its pages are built from and its build is. */
  readonly directory: string
  /** The same client with pages from elsewhere than its build. */
  withPages(source: PageSource): ClientDefinition
}

interface GivenClient {
  readonly name: WebClient
  readonly port: number
  readonly summary: string
  readonly directory: URL
  /** True for the console, where the path names the tenant. */
  readonly isConsole?: boolean
}

export function defineClient(given: GivenClient): ClientDefinition {
  return withPages(given, builtPages(fileURLToPath(given.directory)))
}

function withPages(given: GivenClient, source: PageSource): ClientDefinition {
  const { name, port, summary, isConsole = false } = given
  const directory = fileURLToPath(given.directory)
  const definition = defineEdge({
    ...{ name, port, summary },
    zone: 'public',
    config: z.object(frontKeys({ requestsPerMinute: 6_000 })),
    contract: contract(name, {}),
    publishes: [],
    consumes: doorEvents,
    needs: ['user-service', 'tenant-service'],
    start(parts) {
      const { clientOrigins, edge } = parts
      const origin = clientOrigins[name]
      const cookies = createCookieJar(origin)
      const door = createDoor({ ...parts, reachedAt: origin })
      const browser = createBrowserDoor({ client: name, door, cookies, origin, isConsole })
      const traces = createBrowserTraces({ ...parts, client: name, isConsole })
      const openPage = createPageOpener({ ...parts, client: name, cookies, traces })
      const pages = createPages({ source, origin })

      function mount(app: FastifyInstance): void {
        const gate = createFront(app, {
          ...parts,
          ...{ publicUrl: origin, door: browser, parentOf: traces.parentOf },
        })
        mountOperations(gate, edge.upstreams, '/api')
        if (isConsole) mountOperations(gate, edge.upstreams, `${consolePrefix}/api`)
        mountHealth(gate, edge)
        traces.mount(gate)
        const open = async ({ raw }: FastifyRequest, reply: FastifyReply, exchange: Exchange) => {
          await gate.identify(raw, reply.raw, exchange, 'default')
          return openPage(raw, exchange, browser.visitorOf(raw))
        }
        if (name !== signInClient) mountSignIn(gate, { client: name, open })
        const assets = createAssets(join(directory, 'build/client'))
        const page = async (request: FastifyRequest, reply: FastifyReply, exchange: Exchange) => {
          const path = request.url.split('?', 1)[0] ?? ''
          if (source.mode === 'production' && assets.has(path))
            return assets.send(path, request, reply)
          if (await source.serve?.(request.raw, reply.raw)) return reply.hijack()
          let opened: OpenPage
          let body: Buffer | undefined
          try {
            opened = await open(request, reply, exchange)
            body = await readFormBody(request.raw)
          } catch (error) {
            return refuseWithPage(error, request, reply, exchange.trace.traceId)
          }
          const made = await pages.make(request.raw, reply.raw, { ...opened, body })
          reply.hijack()
          await writePage(made, request.raw, reply.raw, opened, source.mode)
          return reply
        }
        for (const method of ['GET', 'POST'] as const)
          gate.add({
            ...{ method, path: '/*', name: 'page', paidBy: 'principal' },
            bodyLimitBytes: formLimitBytes,
            handle: page,
          })
        gate.close()
      }
      return { handlers: {}, watches: door.watches, mount }
    },
  })
  return Object.freeze({
    ...definition,
    ...{ name, directory },
    withPages: (other: PageSource) => withPages(given, other),
  })
}
