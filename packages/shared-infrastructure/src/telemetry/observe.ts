import type { Context } from '@prognetwork/contracts'
import { isExpected } from '../http/problem-reply.ts'
import type { Tracer } from './span.ts'

/**
 * Does work as a step of the trace of `ctx`, for work that no request, event or job stands for. What it
 * calls and tells under the context that it is given belongs to the step.
 */
export type Observe = <T>(
  ctx: Context,
  name: string,
  work: (ctx: Context) => Promise<T>,
) => Promise<T>

export function createObserve(tracer: Tracer): Observe {
  return async (ctx, name, work) => {
    const span = tracer.start(name, 'internal', ctx.trace)
    span.belongTo(ctx.scope.tenantId)
    try {
      const result = await work({ ...ctx, trace: span.trace })
      span.end()
      return result
    } catch (error) {
      span.end(isExpected(error) ? 'problem' : 'error')
      throw error
    }
  }
}
