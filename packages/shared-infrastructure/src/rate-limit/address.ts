// Whose request it is, by network address. What a client writes into X-Forwarded-For is believed
// only as far as it was added by proxies that we run.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * An address in one form: IPv4 in dots also when it came mapped into IPv6, IPv6 in full groups
 * without leading zeros, without zone. Undefined when it is not an address.
 */
export function normaliseAddress(address: string): string | undefined {
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return undefined
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!isMapped) return groups.map((group) => group.toString(16)).join(':')
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/**
 * What a limit per client counts by: the IPv4 address, or the /64 network of an IPv6 address,
 * because whoever has one address there has 2^64 of them. Undefined when it is not an address.
 */
export function addressKey(address: string): string | undefined {
  const normal = normaliseAddress(address)
  if (normal === undefined || !normal.includes(':')) return normal
  return `${normal.split(':', 4).join(':')}::/64`
}

/**
 * The address of the client: the peer of the connection, or, when that is a trusted proxy, the
 * address it names, and so on hop by hop. `trustedProxies` are addresses or networks in CIDR form;
 * pass the same array each time, its list is built once.
 */
export function clientAddress(
  remoteAddress: string,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string {
  let client = normaliseAddress(remoteAddress) ?? remoteAddress
  if (forwardedFor === undefined || trustedProxies.length === 0) return client
  const trusted = blockListOf(trustedProxies)
  let end = forwardedFor.length
  while (end > 0 && isTrusted(trusted, client)) {
    const comma = forwardedFor.lastIndexOf(',', end - 1)
    const hop = normaliseAddress(withoutPort(forwardedFor.slice(comma + 1, end).trim()))
    // `unknown`, a name or rubbish: the nearest proxy is all that is known for sure.
    if (hop === undefined) break
    client = hop
    end = comma
  }
  return client
}

function isTrusted(trusted: BlockList, address: string): boolean {
  return isIP(address) !== 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

const blockLists = new WeakMap<readonly string[], BlockList>()

function blockListOf(networks: readonly string[]): BlockList {
  const known = blockLists.get(networks)
  if (known !== undefined) return known
  const list = new BlockList()
  for (const network of networks) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    const maxPrefix = family === 'ipv4' ? 32 : 128
    const bits = prefix === undefined ? maxPrefix : Number(prefix)
    if (isIP(address) === 0 || bits > maxPrefix) {
      throw new RangeError(`"${network}" is not an address or a network in CIDR form`)
    }
    list.addSubnet(address, bits, family)
  }
  blockLists.set(networks, list)
  return list
}

/** Some proxies add the port: `192.0.2.1:1234`, `[2001:db8::1]:1234`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1]
  return bracketed ?? hop.replace(/^([\d.]+):\d+$/, '$1')
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '').replace(/[\d.]+$/, dotsToGroups)
  const [head = '', tail] = plain.split('::')
  const left = parseGroups(head)
  if (tail === undefined) return left
  const right = parseGroups(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function dotsToGroups(tail: string): string {
  if (!tail.includes('.')) return tail
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number)
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}
