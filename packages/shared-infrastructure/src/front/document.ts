// Texts that are the same for everybody: made once, sent with an ETag, compressed for whom takes it.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Gate } from './gate.ts'

export interface StaticDocument {
  readonly type: string
  readonly content: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** Below this a packet holds it anyway. */
const minCompressedBytes = 1_400

/** Serves a document under GET and HEAD; `load` runs at the first request for it. */
export function addDocument(gate: Gate, path: string, load: () => StaticDocument): void {
  let prepared: ReturnType<typeof prepare> | undefined
  gate.add({
    method: 'GET',
    path,
    name: 'document',
    paidBy: 'address',
    handle(request, reply) {
      prepared ??= prepare(load())
      return send(prepared, request, reply)
    },
  })
}

function prepare({ type, content, headers = {} }: StaticDocument) {
  const bytes = Buffer.from(content)
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
  return {
    bytes,
    compressed: bytes.length > minCompressedBytes ? gzipSync(bytes) : undefined,
    headers: {
      'content-type': type,
      // Asked for again each time, which the ETag makes cheap; so a new version is seen at once.
      'cache-control': 'no-cache',
      etag: `W/"${digest}"`,
      ...headers,
    },
  }
}

function send(
  { bytes, compressed, headers }: ReturnType<typeof prepare>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.headers(headers)
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim())
  if (known?.includes(headers.etag)) return reply.code(304).send()
  if (!compressed) return reply.send(bytes)
  reply.raw.appendHeader('vary', 'Accept-Encoding')
  const accepts = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(
    request.headers['accept-encoding'] ?? '',
  )
  return accepts ? reply.header('content-encoding', 'gzip').send(compressed) : reply.send(bytes)
}
