import type { Problem } from '../service/failure.ts'

/**
 * Does the work, and says what the caller did wrong when the database refused it: `problems` are
 * named after the constraints (or unique indexes) that can be hit. Everything else is thrown as it is.
 */
export async function onConstraint<T>(
  problems: Readonly<Record<string, () => Problem>>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const name = error instanceof Error && 'constraint' in error ? String(error.constraint) : ''
    const problem = problems[name]?.()
    if (!problem) throw error
    problem.cause = error
    throw problem
  }
}
