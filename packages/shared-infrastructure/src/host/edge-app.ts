import type { Log } from '@prognetwork/contracts'
import Fastify, { type FastifyInstance } from 'fastify'
import { refuseUnreadable, renderProblems } from './service-app.ts'

const sweepMs = 50
const headerLimitBytes = 16_384
const headersTimeoutMs = 15_000
const requestTimeoutMs = 120_000
const keepAliveTimeoutMs = 72_000

/**
 * The listening side of a public service. Bodies are not read here: they stay in the stream for
 * the service that the request is handed to.
 */
export function createEdgeApp(options: {
  readonly mount: (app: FastifyInstance) => void
  readonly log: Log
}): FastifyInstance {
  const app = Fastify({
    logger: false,
    forceCloseConnections: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    frameworkErrors: refuseUnreadable,
    http: { maxHeaderSize: headerLimitBytes, headersTimeout: headersTimeoutMs },
    routerOptions: { maxParamLength: 500 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  renderProblems(app, options.log)
  options.mount(app)
  return app
}

/**
 * Answers what is under way and closes the rest. Fastify keeps idle keep-alive connections until
 * their timeout (72 s) when it closes, so they are swept until the server has ended.
 */
export async function closeGracefully(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
  }
}
