import { domainToASCII, domainToUnicode } from 'node:url'
import { domainUnfit } from '@prognetwork/contracts/tenant'
import { Problem } from '@prognetwork/shared-infrastructure'
import { parse } from 'tldts'

/** Names that no public zone holds (RFC 6761 and the registry it began). */
const specialUse = new Set([
  ...['alt', 'arpa', 'example', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test'],
])
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** The record's own label and a dot stand before the name, and the whole has 253 characters. */
const maxLength = 253 - '_prognetwork.'.length

/**
 * A domain as it is kept and compared: lower case, ASCII, no dot at its end. Throws domainUnfit for
 * what is not the name of a host, or of one that cannot be a tenant's: addresses, suffixes under
 * which anybody registers (`co.uk`, `github.io`), names without a public zone, and the platform's.
 */
export function normaliseDomain(text: string, platformHost: string): string {
  // Checked first: the conversion below reads a URL's host, and would cut off or decode the rest.
  if (/[\s/\\?#@:%[\]<>^|*]/.test(text))
    throw unfit(text, 'the name alone, without scheme, port, path or wildcard')
  const name = domainToASCII(text).replace(/\.$/, '')
  const labels = name.split('.')
  if (name.length > maxLength || labels.length < 2 || !labels.every((one) => label.test(one)))
    throw unfit(text, 'a host name such as shop.example.com')
  // What cannot be decoded stays as it is.
  if (/(?:^|\.)xn--/.test(domainToUnicode(name))) throw unfit(text, 'a name that can be decoded')
  const { isIp, domain } = parse(name, { allowPrivateDomains: true })
  if (isIp || /^\d+$/.test(labels.at(-1) ?? '')) throw unfit(text, 'a name, not an address')
  if (specialUse.has(labels.at(-1) ?? '')) throw unfit(text, 'a name that the public DNS knows')
  if (domain === null) throw unfit(text, `a name below ${name}, under which anybody can register`)
  if (name === platformHost || name.endsWith(`.${platformHost}`))
    throw unfit(text, 'a domain of your own; tenants have slugs under the platform')
  return name
}

function unfit(text: string, expected: string): Problem {
  return new Problem(domainUnfit, `${text.slice(0, 100)} cannot be used: expected ${expected}`, {
    errors: [{ pointer: '/body/name', expected, detail: 'It is not' }],
  })
}
