/** The platform refused a request: problem details (RFC 9457). Sending it again does not help. */
export class EventProblem extends Error {
  readonly status: number
  /** What went wrong, never to change: `event_streaming.incarnation_ended`. */
  readonly code: string
  /** Where the input is wrong, and what was expected there. */
  readonly errors: readonly { pointer: string; expected: string; detail: string }[]

  constructor(details: {
    status: number
    code: string
    detail: string
    errors?: EventProblem['errors']
  }) {
    super(`${details.code}: ${details.detail}`)
    this.name = 'EventProblem'
    this.status = details.status
    this.code = details.code
    this.errors = details.errors ?? []
  }
}

/** Whether the same request may be answered otherwise a little later. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** The problem that an answer says. */
export async function problemOf(response: Response): Promise<EventProblem> {
  const text = await response.text()
  try {
    return new EventProblem(JSON.parse(text))
  } catch {
    const detail = `${response.status} ${text.slice(0, 200)}`
    return new EventProblem({ status: response.status, code: 'response.unreadable', detail })
  }
}
