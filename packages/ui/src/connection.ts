// Whether anybody answers. What a page reads is asked for until it is answered, so that the page keeps what
// it has; what it sends is not sent twice by itself, so that is told.
import { addressOf, isOfData, pagePathOf } from './page-data.ts'

export interface Connection {
  /** `offline` as the browser knows it, `lost` where a request got no answer. */
  readonly is: 'open' | 'offline' | 'lost'
  /** A form that did not leave the browser, or of which nobody knows what became. */
  readonly form: 'sent' | 'kept' | 'unanswered'
}

const againMs = 2_000
const longestMs = 10_000

/** Grows, and differs, so that not all pages ask in the moment in which a server comes back. */
const pauseAfter = (asked: number) =>
  Math.max(againMs, Math.min(againMs * 2 ** asked, longestMs) * (1 - Math.random() / 2))

let current: Connection = { is: 'open', form: 'sent' }
const listeners = new Set<() => void>()

export const readConnection = (): Connection => current

export function listenToConnection(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function changeConnection(change: Partial<Connection>): void {
  const next = { ...current, ...change }
  if (next.is === current.is && next.form === current.form) return
  current = next
  for (const listener of listeners) listener()
}

/** For as long as the page is open, and before anything is asked for. */
export function watchConnection(): void {
  const look = () => changeConnection({ is: navigator.onLine ? 'open' : 'offline' })
  addEventListener('online', look)
  addEventListener('offline', look)
  look()
  // Before any form or link hears of it.
  addEventListener('submit', keepForm, { capture: true })
  addEventListener('click', keepPage, { capture: true })
  const plain = window.fetch
  keepFromReloading(plain)
  window.fetch = (input, init) => {
    const { origin, pathname } = addressOf(input)
    const isOurs = origin === location.origin && (isOfData(pathname) || isOfRoutes(pathname))
    if (!isOurs) return plain(input, init)
    const request = new Request(input, init)
    return request.method === 'GET' ? askUntilAnswered(request, plain) : send(request, plain)
  }
}

/** Which scripts a page needs. */
const isOfRoutes = (pathname: string) => pathname.endsWith('/__manifest')

function keepForm(event: SubmitEvent): void {
  const isSent = event.target instanceof HTMLFormElement && event.target.method === 'post'
  if (current.is !== 'offline' || !isSent) return
  event.preventDefault()
  event.stopPropagation()
  changeConnection({ form: 'kept' })
}

/** A page that cannot be loaded would be the browser's own, and this one gone. */
function keepPage(event: MouseEvent): void {
  if (current.is !== 'offline' || !(event.target instanceof Element)) return
  const link = event.target.closest('a')
  if (!link?.protocol.startsWith('http') || isOnThisPage(link)) return
  event.preventDefault()
  event.stopPropagation()
}

function isOnThisPage({ origin, pathname, search, hash }: HTMLAnchorElement): boolean {
  const isSame = origin === location.origin && pathname === location.pathname
  return isSame && search === location.search && hash !== ''
}

let wanted: string | undefined
let isStale = false

/** Where the router is on its way to, as long as it is. */
export function want(address: string | undefined): void {
  wanted = address
  if (isStale && address !== undefined) location.assign(address)
}

/**
 * The router loads a page again whose next script it cannot have, be it for a link that was only pointed at.
 * That is right where there is a newer build; where nobody answers it would be the end of this page. The
 * router waits for that script for ever, so the browser goes there as soon as somebody answers.
 */
function keepFromReloading(ask: Ask): void {
  let isAsking = false
  let isGoing = false
  window.navigation?.addEventListener('navigate', async (event) => {
    if (event.navigationType !== 'reload' || event.userInitiated || isGoing) return
    event.preventDefault()
    if (isAsking || isStale) return
    isAsking = true
    await untilSomebodyAnswers(ask)
    isAsking = false
    isStale = isTyped()
    if (isStale) return
    isGoing = true
    if (wanted === undefined) location.reload()
    else location.assign(wanted)
  })
}

async function untilSomebodyAnswers(ask: Ask): Promise<void> {
  const { signal } = new AbortController()
  for (let asked = 0; ; asked += 1) {
    const answer = await ask(location.href, { method: 'HEAD' }).catch(() => undefined)
    if (answer && !isAway(answer)) return
    await untilAgain(signal, pauseAfter(asked))
  }
}

/** Whether something would be lost with this page. */
function isTyped(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    'form[method="post"] :is(input, textarea)',
  )
  return [...fields].some(({ value, defaultValue }) => value !== defaultValue)
}

type Ask = typeof window.fetch

async function askUntilAnswered(request: Request, ask: Ask): Promise<Response> {
  for (let asked = 0; ; asked += 1) {
    const answer = await ask(request.clone()).catch((error: unknown) => {
      if (!isUnanswered(error)) throw error
    })
    // What is asked for elsewhere is told as it is: the page there says that nobody answers.
    if (answer && !(isAway(answer) && isOfThisPage(request))) {
      changeConnection({ is: navigator.onLine ? 'open' : 'offline' })
      return answer
    }
    if (current.is === 'open') changeConnection({ is: 'lost' })
    await untilAgain(request.signal, pauseAfter(asked))
  }
}

async function send(request: Request, ask: Ask): Promise<Response> {
  const answer = await ask(request).catch((error: unknown) => {
    if (!isUnanswered(error)) throw error
  })
  // What an action says of itself is for its page; a server before it only says that nobody is there.
  if (answer && (!isAway(answer) || answer.headers.has('x-remix-response'))) {
    changeConnection({ form: 'sent' })
    return answer
  }
  changeConnection({ form: 'unanswered' })
  // An answer without content: the page stays, and is read again as soon as somebody answers.
  return new Response(null, { status: 204 })
}

/** A browser that reaches nobody has no answer, but a TypeError (Fetch, 5.6). */
const isUnanswered = (error: unknown) => error instanceof TypeError

const isAway = ({ status }: Response) => status >= 502 && status <= 504

const isOfThisPage = ({ url }: Request) =>
  pagePathOf(new URL(url).pathname) === (location.pathname.replace(/\/$/, '') || '/')

/** Ends when it is time to ask again, and rejects where nobody wants to know any more. */
function untilAgain(signal: AbortSignal, pauseMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController()
    const end = (settle: () => void) => {
      ended.abort()
      clearTimeout(timer)
      settle()
    }
    const timer = setTimeout(() => end(resolve), pauseMs)
    addEventListener('online', () => end(resolve), { signal: ended.signal })
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), {
      signal: ended.signal,
    })
    if (signal.aborted) end(() => reject(signal.reason))
  })
}
