import { expect, test } from 'vitest'
import { areNetworks, isPublicAddress } from './outside-networks.ts'
import { createOutsideRules } from './outside-rules.ts'

test.each(['8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2001:4860:4860::8888'])(
  '%s is on the public internet',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  ['unspecified', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private', '10.1.2.3'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['shared by a provider', '100.64.0.1'],
  ['metadata of a cloud, shared', '100.100.100.200'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.0.1'],
  ['metadata of a cloud', '169.254.169.254'],
  ['metadata of a cloud, in protocol space', '192.0.0.192'],
  ['a cloud’s channel to its machines', '168.63.129.16'],
  ['documentation', '192.0.2.1'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['a 6to4 relay', '192.88.99.1'],
  ['benchmarks', '198.19.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-mapped', '::ffff:127.0.0.1'],
  ['IPv4-mapped of a public address', '::ffff:8.8.8.8'],
  ['IPv4-compatible', '::7f00:1'],
  ['NAT64', '64:ff9b::a9fe:a9fe'],
  ['local NAT64', '64:ff9b:1::1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:7f00:1::'],
  ['benchmarks', '2001:2::1'],
  ['documentation', '2001:db8::1'],
  ['documentation', '3fff::1'],
  ['unique local', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['multicast', 'ff02::1'],
  ['discard', '100::1'],
  ['no address', 'example.com'],
])('%s is not public: %s', (_, address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test('networks are recognised as an operator writes them', () => {
  expect(areNetworks(['10.0.0.0/8', 'fd00::/8', '127.0.0.1/32'])).toBe(true)
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', 'localhost/8', 'fd00::/129'])
    expect(areNetworks([wrong]), wrong).toBe(false)
})

const refused = (url: string, ...networks: string[]) => {
  try {
    createOutsideRules(networks).checkUrl(url)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test.each([
  ['no scheme', 'hooks.example.com'],
  ['a file', 'file:///etc/passwd'],
  ['a scheme of its own', 'gopher://hooks.example.com'],
  ['a password', 'https://me:secret@hooks.example.com'],
  ['a user name', 'https://me@hooks.example.com'],
  ['decimal', 'http://2130706433/'],
  ['octal', 'http://0177.0.0.1/'],
  ['hexadecimal', 'http://0x7f.1/'],
  ['short', 'http://127.1/'],
  ['full-width digits', 'http://１２７.0.0.1/'],
  ['an IPv6 address', 'http://[::1]/'],
  ['a mapped address', 'http://[::ffff:169.254.169.254]/'],
  ['a port of other services', 'http://hooks.example.com:25/'],
  ['a port of other services at an address', 'http://8.8.8.8:53/'],
])('an address is refused: %s', (_, url) => {
  expect(refused(url)).toMatch(/\w/)
})

test('a web address is let through, and an opened network on every port', () => {
  for (const url of [
    'https://hooks.example.com/a?b=c',
    'http://8.8.8.8/',
    'https://h.example:8443',
  ])
    expect(refused(url), url).toBeUndefined()
  expect(refused('http://127.0.0.1:25/')).toMatch(/Port 25/)
  expect(refused('http://127.0.0.1/')).toBe('127.0.0.1 is not on the public internet')
  expect(refused('http://127.0.0.1:25/', '127.0.0.0/8')).toBeUndefined()
  expect(refused('http://10.0.0.1/', '127.0.0.0/8')).toMatch(/not on the public internet/)
})
