// How a client other than the one for signing in gets its session: a code by way of the browser,
// which only who holds the verifier can redeem (RFC 7636). The verifier waits in a cookie.
import { createHash, randomBytes } from 'node:crypto'
import type { ReturnClient } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Exchange } from '../front/exchange.ts'
import type { Gate } from '../front/gate.ts'
import type { OpenPage } from './pages.ts'

const verifierCookie = 'pn-sign-in'
/** How long signing in may take: a first mail may have to be read. */
const verifierSeconds = 3_600
/** Browsers keep cookies of 4096 bytes (RFC 6265bis, 5.6), the rest of this one included. */
const longestPath = 3_500
const { redeemSignInCode, closeBrowserSession } = userContract.operations

/** Where to go on after signing in or out; what is kept of it in the cookie. */
interface Waiting {
  readonly verifier: string
  readonly state: string
  readonly to: string
}

type Open = (request: FastifyRequest, reply: FastifyReply, exchange: Exchange) => Promise<OpenPage>

export function mountSignIn(
  gate: Gate,
  { client, open }: { readonly client: ReturnClient; readonly open: Open },
): void {
  const add = (
    method: 'GET' | 'POST',
    path: string,
    answer: (page: OpenPage, query: URLSearchParams) => Promise<string>,
  ) =>
    gate.add({
      ...{ method, path, name: path.slice(1), paidBy: 'principal' },
      async handle(request, reply, exchange) {
        const page = await open(request, reply, exchange)
        const query = new URL(request.url, page.request.origin).searchParams
        const location = await answer(page, query)
        for (const cookie of page.cookies) reply.raw.appendHeader('set-cookie', cookie)
        return reply.headers({ location, 'cache-control': 'no-store' }).code(303).send()
      },
    })

  add('GET', '/sign-in', async ({ request }, query) => {
    const waiting: Waiting = {
      verifier: randomBytes(32).toString('base64url'),
      state: randomBytes(16).toString('base64url'),
      to: localPath(query.get('to')),
    }
    request.setCookie(verifierCookie, writeWaiting(waiting), verifierSeconds)
    const asked = new URL('/sign-in', request.origins['auth-client'])
    asked.search = new URLSearchParams({
      client,
      origin: request.origin,
      challenge: createHash('sha256').update(waiting.verifier).digest('base64url'),
      state: waiting.state,
    }).toString()
    return asked.href
  })

  add('GET', '/session', async ({ request }, query) => {
    const waiting = readWaiting(request.readCookie(verifierCookie))
    const code = query.get('code')
    if (!waiting || code === null || query.get('state') !== waiting.state) return '/'
    request.setCookie(verifierCookie, undefined)
    try {
      const body = {
        ...{ code, codeVerifier: waiting.verifier, returnOrigin: request.origin },
        ...{ userAgent: request.userAgent, replaces: request.credential },
      }
      request.setSession(await request.callAsClient(redeemSignInCode, { body }))
    } catch {
      // The code came too late or twice: the page is shown to nobody, who may sign in again.
      return waiting.to
    }
    return waiting.to
  })

  add('POST', '/sign-out', async ({ request }) => {
    const { credential } = request
    if (credential !== undefined)
      await request.callAsClient(closeBrowserSession, { body: { credential } })
    request.setSession(undefined)
    return '/'
  })
}

/**
 * A path of this site and nothing that a browser could read as another one, as it can stand in a header,
 * and short enough for a cookie.
 */
function localPath(text: string | null): string {
  const isPath = text !== null && /^\/(?![/\\])[!-[\]-~]*$/.test(text)
  return isPath && encodeURIComponent(text).length <= longestPath ? text : '/'
}

function writeWaiting({ verifier, state, to }: Waiting): string {
  return [verifier, state, encodeURIComponent(to)].join('.')
}

function readWaiting(text: string | undefined): Waiting | undefined {
  const [verifier, state, ...to] = text?.split('.') ?? []
  if (!verifier || !state || to.length === 0) return undefined
  try {
    return { verifier, state, to: localPath(decodeURIComponent(to.join('.'))) }
  } catch {
    return undefined
  }
}
