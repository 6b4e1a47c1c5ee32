import { useEffect } from 'react'
import { isRouteErrorResponse, useRevalidator, useRouteError } from 'react-router'
import { findProblem } from './problem.ts'

export interface ProblemTexts {
  readonly missing: string
  readonly broken: string
  /** Where nobody answers for the moment. */
  readonly away: string
  readonly back: string
  /** Before the trace id. */
  readonly trace: string
}

const againMs = 2_000

/**
 * What stands in place of a page that is not there, is not for the reader, or broke. Where the server
 * is away for a moment the page is asked for again until it comes back.
 */
export function ProblemPage({ texts }: { readonly texts: ProblemTexts }) {
  const error = useRouteError()
  const problem = findProblem(error)
  const status = isRouteErrorResponse(error) ? error.status : (problem?.status ?? 500)
  // A browser that reaches nobody has no answer, but a TypeError (Fetch, 5.6).
  const isAway = error instanceof TypeError || (status >= 502 && status <= 504)
  useReturn(isAway)
  const broken = isAway ? texts.away : (problem?.title ?? texts.broken)
  const title = status === 404 ? texts.missing : broken
  return (
    <main className="narrow problem">
      <title>{title}</title>
      <p className="quiet mono">{status}</p>
      <h1>{title}</h1>
      {problem && status !== 404 && <p>{problem.detail}</p>}
      {problem?.traceId && status >= 500 && (
        <p className="quiet">
          {texts.trace} <code>{problem.traceId}</code>
        </p>
      )}
      <p>
        <a href="/" className="button">
          {texts.back}
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
