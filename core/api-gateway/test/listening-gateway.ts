import type { NamedOperation } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { type Hearing, Unavailable } from '@prognetwork/shared-infrastructure'
import { type AnyDefinition, isEdge } from '@prognetwork/shared-infrastructure/host'
import { startTestPlatform, type TestClient, type TestPlatform } from '@prognetwork/testing'
import { expect } from 'vitest'
import { withGateway } from './altered-gateway.ts'

const { readPermissions } = userContract.operations

/** A platform whose gateway is looked at while it hears of revocations, or kept from it. */
export interface ListeningGateway {
  readonly platform: TestPlatform
  /** The log is not to be followed while this is true. */
  isDeaf: boolean
  /** May throw in place of a call of the gateway's. */
  refuse: (operation: NamedOperation) => void
  /** What the gateway has called; a test empties it. */
  asked: string[]
  isHearing(): boolean
  /** What it has asked in order to know who somebody is, or which tenant is meant. */
  questions(): string[]
  hears(): Promise<void>
  /** Requests until the door hears and needs no question for one. */
  settle(client: TestClient): Promise<void>
  /** Refuses the client, whatever else happens, and in the end without a question. */
  refusesUnasked(client: TestClient): Promise<void>
}

/** `more` runs in the same process. */
export async function startListening(
  more: readonly AnyDefinition[] = [],
): Promise<ListeningGateway> {
  let hearing: Hearing | undefined
  const definitions = withGateway({
    onStart: (parts) => {
      hearing = parts.hearing
    },
    onCall(operation) {
      gateway.asked.push(operation.name)
      gateway.refuse(operation)
    },
  })
  const isHearing = () => hearing?.isCurrent() ?? false
  const hears = () => expect.poll(isHearing, { timeout: 10_000 }).toBe(true)
  const questions = () => gateway.asked.filter((name) => asksWho.has(name))
  /** Every status that was answered until no question was needed for one. */
  async function untilUnasked(client: TestClient): Promise<ReadonlySet<number>> {
    const statuses = new Set<number>()
    await hears()
    // Elsewhere a tenant may be provisioned; while the door hears of that, it asks.
    await expect
      .poll(async () => {
        gateway.asked = []
        statuses.add((await client.call(readPermissions, {})).status)
        return questions()
      })
      .toEqual([])
    return statuses
  }
  const gateway: Omit<ListeningGateway, 'platform'> = {
    ...{ isDeaf: false, refuse: () => {}, asked: [], isHearing, hears, questions },
    async settle(client) {
      await untilUnasked(client)
    },
    async refusesUnasked(client) {
      expect(await untilUnasked(client)).toEqual(new Set([401]))
    },
  }
  const altered = withDeafness([...definitions, ...more], () => gateway.isDeaf)
  const platform = await startTestPlatform({ definitions: altered })
  return Object.assign(gateway, { platform })
}

const asksWho = new Set(['checkSession', 'checkApiKey', 'findTenant'])

function withDeafness(
  definitions: readonly AnyDefinition[],
  isDeaf: () => boolean,
): AnyDefinition[] {
  return definitions.map((one) => {
    if (!isEdge(one) || one.name !== 'event-streaming-service') return one
    const start: typeof one.start = async (parts) => {
      const running = await one.start(parts)
      const { followEvents, ...handlers } = running.handlers
      const altered: typeof followEvents = (ctx, input) => {
        if (isDeaf()) throw new Unavailable('the log')
        return followEvents?.(ctx, input)
      }
      return { ...running, handlers: { ...handlers, followEvents: altered } }
    }
    return { ...one, start }
  })
}
