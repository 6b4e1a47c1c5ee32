// Which addresses are the public internet. Tenants name addresses that the platform then asks, so
// everything else (this machine, its neighbours, the metadata of a cloud) is out of their reach.
import { BlockList, isIP } from 'node:net'

/** IANA's special-purpose registry (RFC 6890 and later), multicast and reserved space. */
const notPublicIPv4 = networksOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Azure's channel to its machines: a public address that leads inside.
  '168.63.129.16/32',
])

/**
 * Of IPv6 only global unicast is public. That leaves out the forms that carry an IPv4 address
 * (mapped, NAT64) with loopback, link-local and unique local addresses; within it: Teredo,
 * benchmarks and ORCHIDs (2001::/23), documentation, and 6to4.
 */
const globalIPv6 = networksOf(['2000::/3'])
const notPublicIPv6 = networksOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublicIPv4.check(address, 'ipv4')
    case 6:
      return globalIPv6.check(address, 'ipv6') && !notPublicIPv6.check(address, 'ipv6')
    default:
      return false
  }
}

/** Networks that an operator opens, written `10.1.0.0/16` or `fd00::/8`. Throws on others. */
export function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/')
    list.addSubnet(address, /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN, familyOf(address))
  }
  return list
}

export function areNetworks(networks: readonly string[]): boolean {
  try {
    networksOf(networks)
    return true
  } catch {
    return false
  }
}

export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
