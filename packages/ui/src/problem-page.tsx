import { isRouteErrorResponse, useRouteError } from 'react-router'
import { findProblem } from './problem.ts'

export interface ProblemTexts {
  readonly missing: string
  readonly broken: string
  readonly back: string
  /** Before the trace id. */
  readonly trace: string
}

/** What stands in place of a page that is not there, is not for the reader, or broke. */
export function ProblemPage({ texts }: { readonly texts: ProblemTexts }) {
  const error = useRouteError()
  const problem = findProblem(error)
  const status = isRouteErrorResponse(error) ? error.status : (problem?.status ?? 500)
  const title = status === 404 ? texts.missing : (problem?.title ?? texts.broken)
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
