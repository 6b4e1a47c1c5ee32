import { isIP } from 'node:net'
import { familyOf, isPublicAddress, networksOf } from './outside-networks.ts'

/** An address, or where it led, that the platform does not ask. The message may be shown. */
export class OutsideRefused extends Error {
  override readonly name = 'OutsideRefused'
}

/** What may be asked outside the platform. */
export interface OutsideRules {
  /** The address as it is asked. Throws `OutsideRefused`; where a name leads is seen later. */
  checkUrl(url: string): URL
  /** Whether a connection may be made to this address, once it is known. */
  isOpen(address: string, port: number): boolean
}

const maxUnprivilegedPort = 1024

/** Elsewhere, below 1024, are services that might take a request for something else. */
const isWebPort = (port: number) => port === 80 || port === 443 || port >= maxUnprivilegedPort

/** `allowedNetworks` are open on every port, whatever they are. */
export function createOutsideRules(allowedNetworks: readonly string[]): OutsideRules {
  const allowed = networksOf(allowedNetworks)
  const isOpen = (address: string, port: number) =>
    allowed.check(address, familyOf(address)) || (isPublicAddress(address) && isWebPort(port))
  return {
    isOpen,
    checkUrl(text) {
      if (!URL.canParse(text)) throw new OutsideRefused('It is not an absolute address')
      // Parsing brings every spelling of an IPv4 address (decimal, octal, hex) into the usual one.
      const url = new URL(text)
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new OutsideRefused('It must begin with http:// or https://')
      if (url.username !== '' || url.password !== '')
        throw new OutsideRefused('It must not hold a user name or password')
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const port = portOf(url)
      if (isIP(host) !== 0 && !isOpen(host, port)) throw refusal(host, port)
      if (allowedNetworks.length === 0 && !isWebPort(port)) throw refusal(host, port)
      url.hash = ''
      return url
    },
  }
}

/** Why a connection is refused; an address that a name led to is not told. */
export function refusal(host: string, port: number): OutsideRefused {
  return new OutsideRefused(
    isWebPort(port)
      ? `${host} is not on the public internet`
      : `Port ${port} is not one of the web: 80, 443, or from ${maxUnprivilegedPort} on`,
  )
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
