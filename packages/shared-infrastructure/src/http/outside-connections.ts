// Connections to the outside. A name is resolved here, and the connection goes to the very address
// that was looked at, so that a name cannot lead elsewhere a moment later (DNS rebinding).
import { Resolver } from 'node:dns/promises'
import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { type OutsideRules, refusal } from './outside-rules.ts'

const connectMs = 5_000
/** Of one question to one name server; it is asked twice. */
const resolveMs = 2_000
const tries = 2

/**
 * Names are asked of DNS itself: the system's resolver would hold a thread of the process for each,
 * and slow name servers of tenants could hold all of them.
 */
function createNames(servers: readonly string[]) {
  const resolver = new Resolver({ timeout: resolveMs, tries })
  if (servers.length > 0) resolver.setServers(servers)
  return {
    async resolve(name: string): Promise<readonly string[]> {
      // RFC 6761, section 6.3: never asked of a server.
      if (/^(.*\.)?localhost\.?$/i.test(name)) return ['127.0.0.1', '::1']
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
      const addresses = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
      const [failure] = answers.filter((one) => one.status === 'rejected')
      if (addresses.length === 0 && failure) throw failure.reason
      return addresses
    },
    close: () => resolver.cancel(),
  }
}

/** The pool of connections to the outside, each of which the rules have let through. */
export function createOutsideConnections(options: {
  readonly rules: OutsideRules
  readonly nameServers: readonly string[]
}): { readonly agent: Agent; close(): Promise<void> } {
  const { rules } = options
  const names = createNames(options.nameServers)
  const lookupFor =
    (port: number): LookupFunction =>
    (name, { all }, callback) => {
      names.resolve(name).then(
        (addresses) => {
          const open = addresses
            .filter((address) => rules.isOpen(address, port))
            .map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
          const [first] = open
          if (!first) callback(refusal(name, port), [])
          else if (all) callback(null, open)
          else callback(null, first.address, first.family)
        },
        (error: Error) => callback(error, []),
      )
    }
  const agent = new Agent({
    connect: (target, callback) => {
      const host = target.hostname.replace(/^\[|\]$/g, '')
      const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
      // An address is connected to without a look-up.
      if (isIP(host) !== 0 && !rules.isOpen(host, port)) callback(refusal(host, port), null)
      else
        buildConnector({ timeout: connectMs, allowH2: false, lookup: lookupFor(port) })(
          target,
          callback,
        )
    },
  })
  return {
    agent,
    async close() {
      names.close()
      await agent.destroy()
    },
  }
}
