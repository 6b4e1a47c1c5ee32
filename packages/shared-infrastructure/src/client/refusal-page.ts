// What a person sees whose request was refused before there was a page: no such tenant, a suspended
// one, too many requests, or nobody there to ask who they are. Programs get problem details as everywhere.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pageDocument } from '../front/page.ts'
import { problemReply } from '../http/problem-reply.ts'
import { Problem, Unavailable } from '../service/failure.ts'

/** Answers with a page; throws again what is no refusal, or was not asked for by a person. */
export function refuseWithPage(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  traceId: string,
): FastifyReply {
  const isForPerson = request.headers.accept?.includes('text/html') ?? false
  if (isForPerson && error instanceof Unavailable)
    return sayNobodyAnswers(error, request, reply, traceId)
  if (!(error instanceof Problem) || !isForPerson) throw error
  const { status, headers, body } = problemReply(error, traceId)
  const page = pageDocument({ title: body.title, content: `<p>${escaped(body.detail)}.</p>` })
  return reply
    .code(status)
    .headers({ ...headers, ...page.headers, 'cache-control': 'no-store' })
    .type(page.type)
    .send(page.content)
}

const againSeconds = 3

interface Words {
  readonly title: string
  readonly content: string
}

const awayWords: Readonly<Record<'en' | 'de', Words>> = {
  en: {
    title: 'Nobody answers at this moment',
    content: 'A part of the platform is away. This page comes back by itself.',
  },
  de: {
    title: 'Im Augenblick antwortet niemand',
    content: 'Ein Teil der Plattform ist nicht da. Diese Seite kommt von selbst wieder.',
  },
}

/** A page that was only looked at is asked for again by the browser; a form would be another request then. */
function sayNobodyAnswers(
  error: Unavailable,
  request: FastifyRequest,
  reply: FastifyReply,
  traceId: string,
): FastifyReply {
  const language = /^\s*de\b/i.test(request.headers['accept-language'] ?? '') ? 'de' : 'en'
  const { title, content } = awayWords[language]
  const { status, headers } = problemReply(error, traceId)
  const page = pageDocument({ title, language, content: `<p>${status}</p><p>${content}</p>` })
  return reply
    .code(status)
    .headers({ ...headers, ...page.headers, 'cache-control': 'no-store' })
    .headers(request.method === 'GET' ? { refresh: String(againSeconds) } : {})
    .type(page.type)
    .send(page.content)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
