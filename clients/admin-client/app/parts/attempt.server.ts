import { problemOf } from '@prognetwork/ui/problem'
import { data } from 'react-router'

/** What a form asked for: its answer, or the problem that the page shows. */
export async function attempt(work: () => Promise<Response>) {
  try {
    return await work()
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem }, { status: problem.status })
  }
}
