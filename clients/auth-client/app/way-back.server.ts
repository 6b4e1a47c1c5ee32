// Where somebody goes who has signed in. It waits in a cookie while they sign up, read a mail or set
// a password; an address is asked of user-service, which knows the clients, before it is followed.
import { type PageRequest, returnClient } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { redirect } from 'react-router'
import { z } from 'zod'

const cookie = 'pn-way-back'
/** As long as the other client waits for the answer. */
const waitSeconds = 3_600

const wayBack = z.object({
  client: returnClient,
  origin: z.string().regex(/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/),
  challenge: z.string().min(1).max(100),
  state: z.string().min(1).max(100),
})
type WayBack = z.output<typeof wayBack>

/** Pages here that somebody may have to sign in for first. */
const ownPaths = ['/account', '/accept-invitation', '/tenants']

/** Takes the way back out of an address; answers whether there was one. */
export function keepWayBack(page: PageRequest, asked: URLSearchParams): boolean {
  const found = wayBack.safeParse(Object.fromEntries(asked))
  const to = asked.get('to')
  const kept = found.success
    ? new URLSearchParams({ ...found.data })
    : to !== null && ownPaths.includes(to)
      ? new URLSearchParams({ to })
      : undefined
  if (kept) page.setCookie(cookie, kept.toString(), waitSeconds)
  return kept !== undefined
}

function readWayBack(page: PageRequest): WayBack | undefined {
  const kept = new URLSearchParams(page.readCookie(cookie) ?? '')
  return wayBack.safeParse(Object.fromEntries(kept)).data
}

/** Forms on this page may end at the client that sent the browser here. */
export function allowWayBack(page: PageRequest): void {
  const back = readWayBack(page)
  if (back) page.allowFormsTo(back.origin)
}

/** Leads on, with a code for the other client that is worth nothing without its verifier. */
export async function goBack(page: PageRequest, credential: string): Promise<Response> {
  const kept = new URLSearchParams(page.readCookie(cookie) ?? '')
  const back = readWayBack(page)
  page.setCookie(cookie, undefined)
  if (!back) return redirect(ownPaths.find((path) => path === kept.get('to')) ?? '/account', 303)
  const { code, returnOrigin } = await page.callAsClient(userContract.operations.createSignInCode, {
    body: {
      ...{ credential, client: back.client, returnOrigin: back.origin },
      ...{ codeChallenge: back.challenge, codeChallengeMethod: 'S256' },
    },
  })
  const query = new URLSearchParams({ code, state: back.state })
  return redirect(`${returnOrigin}/session?${query}`, 303)
}
