import { useEffect } from 'react'
import { isRouteErrorResponse, useRevalidator, useRouteError } from 'react-router'
import { useTranslations } from 'use-intl'
import { findProblem } from './problem.ts'

const againMs = 2_000

/**
 * What stands in place of a page that is not there, is not for the reader, or broke. Where the server
 * is away for a moment the page is asked for again until it comes back.
 */
export function ProblemPage() {
  const t = useTranslations('problem')
  const error = useRouteError()
  const problem = findProblem(error)
  const status = isRouteErrorResponse(error) ? error.status : (problem?.status ?? 500)
  // A browser that reaches nobody has no answer, but a TypeError (Fetch, 5.6).
  const isUnanswered = error instanceof TypeError
  const isAway = isUnanswered || (status >= 502 && status <= 504)
  useReturn(isAway)
  const broken = isAway ? t('away') : (problem?.title ?? t('broken'))
  const shut = status === 403 ? t('refused') : broken
  const title = status === 404 ? t('missing') : shut
  return (
    <main className="narrow problem">
      <title>{title}</title>
      {!isUnanswered && <p className="quiet mono">{status}</p>}
      <h1>{title}</h1>
      {problem && status === 403 && <p>{problem.title}.</p>}
      {problem && status !== 404 && <p>{problem.detail}.</p>}
      {problem?.traceId && status >= 500 && (
        <p className="quiet">
          {t('trace')} <code>{problem.traceId}</code>
        </p>
      )}
      <p>
        <a href="/" className="button">
          {t('back')}
        </a>
      </p>
    </main>
  )
}

function useReturn(isAway: boolean): void {
  const { revalidate, state } = useRevalidator()
  useEffect(() => {
    if (!isAway || state !== 'idle') return
    const timer = setTimeout(() => void revalidate(), againMs)
    return () => clearTimeout(timer)
  }, [isAway, revalidate, state])
}
