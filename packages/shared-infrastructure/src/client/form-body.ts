// What a form sends: URL-encoded, which nothing fails to read, and held in memory, so as short as bodies
// of the API.
import type { IncomingMessage } from 'node:http'
import { common } from '@prognetwork/contracts'
import { boundedBody, defaultBodyLimitBytes } from '../host/streaming.ts'
import { Problem } from '../service/failure.ts'

const mediaType = 'application/x-www-form-urlencoded'
/** As long as the bodies of pages may be: a long description is three times as long when it is encoded. */
export const formLimitBytes = defaultBodyLimitBytes

/** The body of a form; nothing for a request that has none. */
export async function readFormBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (request.method !== 'POST') return undefined
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== mediaType)
    throw new Problem(common.contentTypeUnsupported, `The body must be ${mediaType}`)
  const chunks: Uint8Array[] = []
  for await (const chunk of boundedBody(request, formLimitBytes)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
