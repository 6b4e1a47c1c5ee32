import { problemOf } from '@prognetwork/ui/problem'
import { data } from 'react-router'

/** What was typed into a form, as it goes back into its fields. */
export type Typed = Readonly<Record<string, string>>

export function typedIn(form: FormData): Typed {
  return Object.fromEntries([...form].map(([name, value]) => [name, String(value)]))
}

/** What an action answers whose form was refused: the problem, and what was typed. */
export function refused(thrown: unknown, typed: Typed = {}) {
  const problem = problemOf(thrown)
  return data({ problem, typed }, { status: problem.status })
}
