import type { IncomingMessage } from 'node:http'
import type { Principal, Trace } from '@prognetwork/contracts'

/** What a door established about a request, for the service that carries it out. */
export interface Handover {
  readonly principal: Principal
  /** The tenant the work is done under. */
  readonly tenantId: string
  readonly trace: Trace
  readonly address: string
  /** The calling service, when it is one. */
  readonly caller?: string
}

// A symbol cannot arrive in a header, so nothing outside the process can forge it.
const key = Symbol('handover')

/** Puts the verified request context on the raw request; it is frozen and set once. */
export function handOver(raw: IncomingMessage, handover: Handover): void {
  const carrier = raw as { [key]?: Handover }
  if (carrier[key]) throw new Error('a request passes one door')
  carrier[key] = Object.freeze(handover)
}

export function handoverOf(raw: IncomingMessage): Handover | undefined {
  return (raw as { [key]?: Handover })[key]
}

const traceKey = Symbol('trace')

/** Says which trace a request belongs to while nobody knows yet who asks. */
export function noteTrace(raw: IncomingMessage, trace: Trace): void {
  ;(raw as { [traceKey]?: Trace })[traceKey] = trace
}

/** The trace of a request, once a door has seen it. */
export function traceOf(raw: IncomingMessage): Trace | undefined {
  return handoverOf(raw)?.trace ?? (raw as { [traceKey]?: Trace })[traceKey]
}
