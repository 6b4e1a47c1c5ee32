import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '@prognetwork/contracts'
import Fastify, { type FastifyInstance } from 'fastify'
import { bringsPrincipalToken, type VerifiedWork } from '../door/principal-token.ts'
import { admit } from '../door/service-door.ts'
import { problemReply } from '../http/problem-reply.ts'
import { startTrace } from '../telemetry/trace.ts'
import { createEdgeServer } from './edge-server.ts'
import { closeSilentConnections } from './edge-silent-connections.ts'
import { closeOverUnreadBodies } from './edge-unread-body.ts'
import { writeProblem } from './raw-problem.ts'
import { renderProblems } from './service-app.ts'
import { defaultBodyLimitBytes } from './streaming.ts'
import type { Upgrade } from './web-socket.ts'

const sweepMs = 50
/** No shorter than an address can be: services bound their own parameters. */
const maxParamLength = 16_384

/**
 * The listening side of a public service. Bodies are not read here: they stay in the stream for
 * the service that the request is handed to.
 */
export function createEdgeApp(options: {
  readonly mount: (app: FastifyInstance) => void
  /** Where requests of other processes of the platform go, past the front: it has their own door. */
  readonly platform?: PlatformSide
  readonly log: Log
}): FastifyInstance {
  const unreadable = new WeakMap<IncomingMessage, Error>()
  const app = Fastify({
    logger: false,
    forceCloseConnections: false,
    // While it drains it answers as ever, only each answer closes its connection.
    return503OnClosing: false,
    serverFactory: (listener) =>
      createEdgeServer(forPlatform(options.platform, listener), options.log),
    // The server has answered already.
    clientErrorHandler: () => {},
    // An address that cannot be decoded takes the way of one that nobody knows, hooks included.
    frameworkErrors: (error, request, reply) => {
      unreadable.set(request.raw, error)
      request.raw.url = unknownAddress
      app.routing(request.raw, reply.raw)
    },
    routerOptions: { maxParamLength },
  })
  app.addHook('preHandler', (request, _reply, done) => done(unreadable.get(request.raw)))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  renderProblems(app, options.log)
  closeOverUnreadBodies(app, defaultBodyLimitBytes)
  if (options.platform) upgradeForPlatform(app, options.platform)
  options.mount(app)
  return app
}

/** How other processes of the platform reach the service behind the front. */
interface PlatformSide {
  readonly app: FastifyInstance
  readonly upgrade: Upgrade
  readonly verify: (token: string) => VerifiedWork
}

function forPlatform(
  platform: PlatformSide | undefined,
  listener: RequestListener,
): RequestListener {
  if (!platform) return listener
  return (request, response) => {
    if (bringsPrincipalToken(request.headers)) platform.app.routing(request, response)
    else listener(request, response)
  }
}

/** Comes before the front's own listener, which leaves alone what has passed a door. */
function upgradeForPlatform(app: FastifyInstance, { upgrade, verify }: PlatformSide): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!bringsPrincipalToken(request.headers)) return
    try {
      admit(request, verify)
    } catch (error) {
      writeProblem(socket, problemReply(error, startTrace().traceId).body)
      return
    }
    void upgrade(request, socket, head)
  })
}

const unknownAddress = '/%25'

/** How long a request may still be coming in whose first byte came before the close. */
const headersMs = 5_000

/**
 * Answers what is under way and closes the rest. Fastify keeps idle keep-alive connections until
 * their timeout (72 s) when it closes, and Node those that have asked for nothing yet, so both are
 * swept until the server has ended.
 */
export async function closeGracefully(app: FastifyInstance): Promise<void> {
  const startedMs = performance.now()
  const sweep = setInterval(() => {
    app.server.closeIdleConnections()
    closeSilentConnections(app.server, { all: performance.now() - startedMs > headersMs })
  }, sweepMs)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
  }
}
