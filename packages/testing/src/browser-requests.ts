// Requests to the servers of web clients as browsers send them, made by hand.
import { request as ask } from 'node:http'
import { Readable } from 'node:stream'
import type { WebClient } from '@prognetwork/contracts'
import type { TestPlatform } from './platform.ts'

export interface BrowserReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly cookies: readonly string[]
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  /** Sent in chunks, of no length that is told. */
  readonly chunks?: Iterable<string>
}

export type BrowserRequests = ReturnType<typeof createBrowserRequests>

export function createBrowserRequests(platform: Pick<TestPlatform, 'addressOf'>) {
  /** By loopback's address, so that any host can be named. */
  function send(
    client: WebClient,
    slug: string | null,
    path: string,
    asked: Asked = {},
  ): Promise<BrowserReply> {
    const { host, port } = new URL(platform.addressOf(client, slug))
    const { method = 'GET', form, chunks, headers } = asked
    const body = form && new URLSearchParams(form).toString()
    const own = {
      host,
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(method === 'POST' && { 'sec-fetch-site': 'same-origin' }),
    }
    return new Promise((resolve, reject) => {
      const sent = ask(
        { host: '127.0.0.1', port, path, method, headers: { ...own, ...headers } },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk
          })
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              cookies: response.headers['set-cookie'] ?? [],
              text,
            }),
          )
        },
      )
      sent.once('error', reject)
      if (chunks) Readable.from(chunks).pipe(sent)
      else sent.end(body)
    })
  }

  const post = (
    client: WebClient,
    slug: string | null,
    path: string,
    form: Record<string, string>,
    headers = {},
  ) => send(client, slug, path, { method: 'POST', form, headers })

  return { send, post }
}

/** The cookie of this name among those that were set, as it is sent back. */
export const cookieOf = (cookies: readonly string[], name: string) =>
  cookies.map((one) => one.split(';')[0] ?? '').find((one) => one.startsWith(`${name}`)) ?? ''
