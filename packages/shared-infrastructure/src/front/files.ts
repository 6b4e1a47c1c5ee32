// Files of tenants, for whoever has an address that a service has signed. The address is the whole
// permission: no credential is asked for, and what was not signed is not there.
import { common } from '@prognetwork/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Edge, filesPath } from '../host/edge.ts'
import { Problem } from '../service/failure.ts'
import { type ByteRange, RangeNotSatisfiable } from '../storage/storage.ts'
import type { Gate } from './gate.ts'

/** Serves what `storage.signUrl` gave out, under GET and HEAD, whole or a range of it. */
export function mountFiles(gate: Gate, { files }: Edge, publicUrl: string): void {
  gate.add({
    method: 'GET',
    path: `${filesPath}/*`,
    name: 'file',
    paidBy: 'address',
    async handle(request, reply) {
      const signed = files.verifySignedUrl(`${publicUrl}${request.url}`, request.method)
      if (!signed) throw gone()
      const { tenantId, path } = signed
      reply.headers({
        'cache-control': 'private, no-store',
        'content-disposition': `attachment; filename*=UTF-8''${fileName(path)}`,
        'accept-ranges': 'bytes',
      })
      return request.method === 'HEAD'
        ? answerHead(reply, await files.head(tenantId, path))
        : answerContent(reply, rangeOf(request), (range) =>
            files.get(tenantId, path, range && { range }),
          )
    },
  })
}

type Files = Edge['files']
type Head = Awaited<ReturnType<Files['head']>>

function answerHead(reply: FastifyReply, head: Head): FastifyReply {
  if (!head) throw gone()
  return describe(reply, head).header('content-length', head.sizeBytes).send()
}

async function answerContent(
  reply: FastifyReply,
  range: ByteRange | undefined,
  open: (range: ByteRange | undefined) => ReturnType<Files['get']>,
): Promise<FastifyReply> {
  try {
    const file = await open(range)
    if (!file) throw gone()
    describe(reply, file)
    if (!range) return reply.header('content-length', file.sizeBytes).send(file.stream)
    const end = Math.min(range.end ?? file.sizeBytes - 1, file.sizeBytes - 1)
    reply.code(206).headers({
      'content-range': `bytes ${range.start}-${end}/${file.sizeBytes}`,
      'content-length': end - range.start + 1,
    })
    return reply.send(file.stream)
  } catch (error) {
    if (!(error instanceof RangeNotSatisfiable)) throw error
    return reply.code(416).header('content-range', `bytes */${error.sizeBytes}`).send()
  }
}

function describe(reply: FastifyReply, { contentType, etag }: NonNullable<Head>): FastifyReply {
  return reply.headers({ 'content-type': contentType, etag })
}

/** One range with a beginning; any other is answered with all of it (RFC 9110, 14.2). */
function rangeOf({ headers }: FastifyRequest): ByteRange | undefined {
  const [, start, end] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? []
  if (start === undefined) return undefined
  const range = { start: Number(start), ...(end !== '' && { end: Number(end) }) }
  return range.end !== undefined && range.end < range.start ? undefined : range
}

function fileName(path: string): string {
  return encodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}

function gone(): Problem {
  return new Problem(
    common.routeMissing,
    'There is no such file, or the address is not good any more',
  )
}
