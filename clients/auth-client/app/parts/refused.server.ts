import type { ProblemDetails } from '@prognetwork/contracts'
import { problemOf } from '@prognetwork/ui/problem'
import { data } from 'react-router'

/** What an action answers whose form was refused: the problem, and what was typed but no secret. */
export function refused<Typed extends Readonly<Record<string, string>>>(
  thrown: unknown,
  typed: Typed,
) {
  const problem: ProblemDetails = problemOf(thrown)
  return data({ problem, typed }, { status: problem.status })
}

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '')
