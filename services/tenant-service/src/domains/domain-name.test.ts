import { Problem } from '@prognetwork/shared-infrastructure'
import { expect, test } from 'vitest'
import { normaliseDomain } from './domain-name.ts'

const normalise = (text: string) => normaliseDomain(text, 'platform.example.net')

test.each([
  ['shop.example.com', 'shop.example.com'],
  ['SHOP.Example.COM', 'shop.example.com'],
  ['shop.example.com.', 'shop.example.com'],
  ['Bücher.example.com', 'xn--bcher-kva.example.com'],
  ['bücher。example.com', 'xn--bcher-kva.example.com'],
  ['faß.de', 'xn--fa-hia.de'],
  ['example.co.uk', 'example.co.uk'],
  ['my-shop.github.io', 'my-shop.github.io'],
])('%s is kept as %s', (text, name) => {
  expect(normalise(text)).toBe(name)
})

test.each([
  ['a scheme', 'https://shop.example.com'],
  ['a port', 'shop.example.com:443'],
  ['a path', 'shop.example.com/path'],
  ['somebody before it', 'me@shop.example.com'],
  ['escapes', 'sh%6Fp.example.com'],
  ['a wildcard', '*.example.com'],
  ['a space inside', 'shop example.com'],
  ['an IPv4 address', '192.0.2.1'],
  ['an IPv4 address in other words', '0x7f.1'],
  ['full-width digits of an address', '１２７.0.0.1'],
  ['a number at the end', 'shop.example.123'],
  ['an IPv6 address', '[2001:db8::1]'],
  ['one label', 'localhost'],
  ['a name of this machine', 'shop.localhost'],
  ['a name without a public zone', 'shop.internal'],
  ['an underscore', '_shop.example.com'],
  ['an empty label', 'shop..example.com'],
  ['a hyphen at the edge', '-shop.example.com'],
  ['a label that is too long', `${'a'.repeat(64)}.example.com`],
  ['a name that is too long', `${'a.'.repeat(125)}example.com`],
  ['a broken international label', 'xn--a.example.com'],
  ['a top-level domain', 'com'],
  ['a public suffix', 'co.uk'],
  ['a suffix of a provider', 'github.io'],
  ["the platform's host", 'platform.example.net'],
  ["a name under the platform's host", 'shop.platform.example.net'],
])('%s is refused, and where it stands is told', (_, text) => {
  const refusal = (() => {
    try {
      return normalise(text)
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toBeInstanceOf(Problem)
  expect(refusal).toMatchObject({
    code: 'tenant.domain_unfit',
    errors: [{ pointer: '/body/name' }],
  })
})

test('the name of the record still fits into a name', () => {
  const longest = `${'a.'.repeat(115)}example.com`.slice(-240)
  expect(() => normalise(longest.replace(/^\./, ''))).not.toThrow()
  expect(`_prognetwork.${longest}`.length).toBeLessThanOrEqual(253)
})
