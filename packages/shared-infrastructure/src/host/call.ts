import type { CallInput, Context, NamedOperation, Output } from '@prognetwork/contracts'
import { inTransaction } from '../database/database.ts'
import { isExpected } from '../http/problem-reply.ts'
import type { SpanKind, Tracer } from '../telemetry/span.ts'
import type { Edge } from './edge.ts'
import type { RunnableOperation, Work } from './operation.ts'
import type { TouchedObjects } from './touched-objects.ts'

interface CallOptions {
  readonly idempotencyKey?: string
  /**
   * No request waits for it, and whoever asks goes on asking: its failures do not count when a
   * service is held to be down.
   */
  readonly isBackground?: boolean
  /** It is asked for ever, and on nobody's behalf: it leaves no span unless it fails. */
  readonly isPoll?: boolean
}

/** Calls an operation of another service; the same in one process and over the network. */
export type Call = <O extends NamedOperation>(
  ctx: Context,
  operation: O,
  input: CallInput<O>,
  options?: CallOptions,
) => Promise<Output<O>>

/** How a call reaches the service that owns the operation. */
export type CallTransport = (
  caller: string,
  operation: NamedOperation,
  work: CallWork,
) => Promise<unknown>

/** The work of a call on its way. */
interface CallWork extends Work {
  readonly isBackground: boolean
  readonly isPoll: boolean
}

/**
 * `call` of one service. The originating principal travels with it, and the caller's name, which
 * operations for services check.
 */
export function createCall(caller: string, transport: CallTransport): Call {
  return async (ctx, operation, input, options = {}) => {
    if (inTransaction(ctx))
      throw new Error(
        `${caller} calls ${operation.service} inside a transaction: a transaction never spans services`,
      )
    if (isStreamed(operation))
      throw new Error(`${operation.name} is a stream: it is reached through a door only`)
    const output = await transport(caller, operation, {
      handover: {
        principal: ctx.principal,
        tenantId: ctx.scope.tenantId,
        trace: ctx.trace,
        address: ctx.address ?? '',
        caller,
      },
      input,
      ...(options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey }),
      isBackground: options.isBackground ?? false,
      isPoll: options.isPoll ?? false,
    })
    return output as never
  }
}

/** Whether an operation takes or answers what is never held whole, so that only a door reaches it. */
export function isStreamed({ shape }: NamedOperation): boolean {
  return shape.upload !== undefined || shape.lines === true || shape.stream === true
}

/** `Edge.perform` of one edge: no caller is named, so nothing that services alone may do is done. */
export function createPerform(edge: { name: string }, transport: CallTransport): Edge['perform'] {
  return (ctx, operation, input, idempotencyKey) =>
    transport(edge.name, operation, {
      handover: {
        principal: ctx.principal,
        tenantId: ctx.scope.tenantId,
        trace: ctx.trace,
        address: ctx.address ?? '',
      },
      input,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      isBackground: false,
      isPoll: false,
    })
}

/**
 * In one process: input and output are copied as text, so that nothing is shared that would not
 * be shared over the network.
 */
export function inProcess(
  find: (operation: NamedOperation) => RunnableOperation | undefined,
): CallTransport {
  return async (_caller, operation, work) => {
    const target = find(operation)
    if (!target) throw new Error(`${operation.service} does not run in this process`)
    const output = await target.run({ ...work, input: copy(work.input) })
    return target.serialize ? JSON.parse(target.serialize(output)) : undefined
  }
}

/**
 * The same with a span of each call: of whoever carries it out when that is in this process, else of
 * whoever waits for it. Polls leave none unless they fail.
 */
export function traced(
  transport: CallTransport,
  kind: SpanKind,
  observers: (
    caller: string,
    operation: NamedOperation,
  ) => { readonly tracer: Tracer; readonly touched?: TouchedObjects | undefined } | undefined,
): CallTransport {
  return async (caller, operation, work) => {
    const observer = observers(caller, operation)
    if (!observer) return transport(caller, operation, work)
    const { handover, isPoll, input } = work
    const parent = isPoll ? { ...handover.trace, sampled: false } : handover.trace
    const span = observer.tracer.start(operation.name, kind, parent)
    span.belongTo(handover.tenantId)
    observer.touched?.ofInput(span, input)
    try {
      const within = { ...work, handover: { ...handover, trace: span.trace } }
      const output = await transport(caller, operation, within)
      observer.touched?.ofOutput(span, output)
      span.end()
      return output
    } catch (error) {
      span.end(isExpected(error) ? 'problem' : 'error')
      throw error
    }
  }
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
