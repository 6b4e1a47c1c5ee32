import type { KeyObject } from 'node:crypto'
import {
  createPrincipalTokens,
  createPrincipalVerifier,
  type VerifiedWork,
} from '../door/principal-token.ts'
import type { AnyDefinition } from '../service/definition.ts'
import type { RealTime } from '../service/time.ts'
import { createRemote, type Remote } from './remote.ts'
import type { ServiceDirectory } from './service-directory.ts'

/** A process that runs a part of the platform, and knows where the rest is. */
export interface Separation {
  /** Names of the services that run in this process. */
  readonly only: readonly string[]
  readonly directory: ServiceDirectory
  /** The private key of a service that runs here. */
  readonly privateKeyOf: (service: string) => KeyObject
}

/** What a process needs to talk to the others and to let them in. */
export interface Neighbours {
  readonly remote: Remote
  runsHere(service: string): boolean
  verifierFor(service: string): (token: string) => VerifiedWork
}

export function createNeighbours(
  separation: Separation,
  definitions: readonly AnyDefinition[],
  realTime: RealTime,
): Neighbours {
  const { only, directory } = separation
  const unknown = only.filter((name) => !definitions.some((one) => one.name === name))
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(' and no ')}`)
  const tokens = new Map(
    only.map((service) => [
      service,
      createPrincipalTokens({ service, privateKey: separation.privateKeyOf(service), realTime }),
    ]),
  )
  return {
    remote: createRemote({
      directory,
      nowMs: realTime.nowMs,
      tokensOf(caller) {
        const own = tokens.get(caller)
        if (!own) throw new Error(`${caller} does not run in this process`)
        return own
      },
    }),
    runsHere: (service) => only.includes(service),
    verifierFor: (service) =>
      createPrincipalVerifier({ service, publicKey: directory.publicKeyOf, realTime }),
  }
}
