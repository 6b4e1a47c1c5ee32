import type { ProblemDetails } from '@prognetwork/contracts'
import { isRouteErrorResponse } from 'react-router'
import type { Expectation } from './expectations.ts'

/** The problem details that a call of a loader or action was refused with; anything else goes on up. */
export function problemOf(thrown: unknown): ProblemDetails {
  const found = findProblem(thrown)
  if (!found) throw thrown
  return found
}

/** The same for a boundary, where anything may arrive. */
export function findProblem(thrown: unknown): ProblemDetails | undefined {
  if (isRouteErrorResponse(thrown)) return asProblem(read(thrown.data))
  const isObject = typeof thrown === 'object' && thrown !== null
  return isObject && 'problem' in thrown ? asProblem(thrown.problem) : undefined
}

/** What is refused before a page is made arrives where its data was asked for, as text. */
function read(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

function asProblem(value: unknown): ProblemDetails | undefined {
  const isOne = typeof value === 'object' && value !== null && 'code' in value
  return isOne ? (value as ProblemDetails) : undefined
}

/** What is expected of the field that a JSON pointer (RFC 6901) into the body names. */
export function expectedAt(
  problem: ProblemDetails | undefined,
  pointer: string,
): Expectation | undefined {
  return problem?.errors?.find((one) => one.pointer === `/body${pointer}`)
}
