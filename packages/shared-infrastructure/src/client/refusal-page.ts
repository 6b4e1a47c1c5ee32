// What a person sees whose request was refused before there was a page: no such tenant, a suspended
// one, too many requests. Programs get problem details as everywhere.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pageDocument } from '../front/page.ts'
import { problemReply } from '../http/problem-reply.ts'
import { Problem } from '../service/failure.ts'

/** Answers with a page; throws again what is no refusal, or was not asked for by a person. */
export function refuseWithPage(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  traceId: string,
): FastifyReply {
  const isForPerson = request.headers.accept?.includes('text/html') ?? false
  if (!(error instanceof Problem) || !isForPerson) throw error
  const { status, headers, body } = problemReply(error, traceId)
  const page = pageDocument({ title: body.title, content: `<p>${escaped(body.detail)}.</p>` })
  return reply
    .code(status)
    .headers({ ...headers, ...page.headers, 'cache-control': 'no-store' })
    .type(page.type)
    .send(page.content)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
