// Every operation of the platform behind two addresses, for clients that speak in commands and events.
import type { Context, Input, NamedOperation, Output } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  operationMissing,
} from '@prognetwork/contracts/event-streaming'
import { type Edge, isStreamed, Problem } from '@prognetwork/shared-infrastructure'

type Operations = typeof eventStreamingContract.operations

/**
 * Neither themselves, nor what is never held whole, nor what has a limit of its own at its own
 * address: here all are counted alike.
 */
function isReached(operation: NamedOperation): boolean {
  const hasOwnLimit = operation.shape.rate !== undefined && operation.shape.rate !== 'default'
  const isOneOfThese = ['runCommand', 'runQuery'].includes(operation.name)
  return !isStreamed(operation) && !hasOwnLimit && !isOneOfThese
}

/** The caller's own work: each operation judges who asks, as it does at the gateway. */
export function createCommands({ edge }: { readonly edge: Edge }) {
  const reached = new Map(
    edge.upstreams
      .map(({ operation }) => operation)
      .filter(isReached)
      .map((operation) => [operation.name, operation] as const),
  )

  function find(name: string, isQuery: boolean): NamedOperation {
    const operation = reached.get(name)
    if (!operation)
      throw new Problem(operationMissing, `There is no operation ${name} to be reached here`)
    if ((operation.method === 'GET') === isQuery) return operation
    const place = isQuery ? `/v1/commands/${name}` : `/v1/queries/${name}`
    throw new Problem(operationMissing, `It is reached at ${place}`)
  }

  async function perform(
    ctx: Context,
    operation: NamedOperation,
    { idempotencyKey, ...input }: Input<Operations['runCommand']>['body'],
  ): Promise<Output<Operations['runCommand']>> {
    const result = await edge.perform(ctx, operation, input, idempotencyKey).catch(withinBody)
    return { correlationId: ctx.trace.traceId, result: result ?? null }
  }

  return {
    runCommand: (ctx: Context, { params, body }: Input<Operations['runCommand']>) =>
      perform(ctx, find(params.operation, false), body),
    runQuery: (ctx: Context, { params, body }: Input<Operations['runQuery']>) =>
      perform(ctx, find(params.operation, true), body),
  }
}

/** Places in the operation's input are places in the body of this one. */
function withinBody(error: unknown): never {
  if (!(error instanceof Problem) || !error.errors) throw error
  const errors = error.errors.map((one) => ({ ...one, pointer: `/body${one.pointer}` }))
  throw new Problem(error.definition, error.message, { errors, headers: error.headers })
}
