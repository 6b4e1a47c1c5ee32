import {
  type CallInput,
  type Context,
  contract,
  type NamedOperation,
  type Output,
  type Principal,
} from '@prognetwork/contracts'
import {
  type Call,
  createDoor,
  type Door,
  defineEdge,
  doorEvents,
  type Edge,
} from '@prognetwork/shared-infrastructure'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { z } from 'zod'

/** The server of one web client, at work for one tenant. */
export interface WebClientServer {
  /** Rejects with the problem that the operation answers. */
  call<O extends NamedOperation>(operation: O, input: CallInput<O>): Promise<Output<O>>
  /** Who a cookie stands for. */
  identify(credential: string): Promise<Principal>
  /** The same server, calling for this person. */
  as(principal: Principal): WebClientServer
}

/**
 * Servers of web clients that have no pages: what they ask of the platform is asked by the host's
 * own ways, under their own names. Their definitions are to be run with the platform's.
 */
export function createWebClients(names: readonly string[]) {
  const started = new Map<string, { edge: Edge; call: Call; door: Door }>()
  const definitions: AnyDefinition[] = names.map((name) =>
    defineEdge({
      name,
      zone: 'public',
      port: 0,
      summary: 'The server of a web client, in a test',
      config: z.object({}),
      contract: contract(name, {}),
      publishes: [],
      consumes: doorEvents,
      needs: [],
      start(parts) {
        const door = createDoor(parts)
        started.set(name, { ...parts, door })
        return { handlers: {}, watches: door.watches, mount: () => {} }
      },
    }),
  )

  function serverOf(name: string, tenantId: string, address: string): WebClientServer {
    const parts = started.get(name)
    if (!parts) throw new Error(`${name} has not started`)
    const { edge, call, door } = parts
    const context = (): Context => ({ ...edge.contextFor(tenantId, edge.newTrace()), address })
    const server = (work: Pick<Context, 'principal'> | object): WebClientServer => ({
      call: (operation, input) => call({ ...context(), ...work }, operation, input),
      async identify(credential) {
        const request = { tenantId, address, trace: edge.newTrace() }
        return (await door.identifyBrowser(credential, request)).principal
      },
      as: (principal) => server({ principal }),
    })
    return server({})
  }

  return {
    definitions,
    /** `address` is the browser's, as the client's server saw it. */
    at: (name: string, tenantId: string, address = '192.0.2.7') =>
      serverOf(name, tenantId, address),
  }
}
