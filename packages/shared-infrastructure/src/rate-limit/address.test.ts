import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKey, clientAddress, normaliseAddress } from './address.ts'

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['2001:0db8:0000::0001', '2001:db8:0:0:0:0:0:1'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0:0:0:c000:201'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s has the form %s', (given, normal) => {
    expect(normaliseAddress(given)).toBe(normal)
  })

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.256', ':::', '12345::', 'unknown'])(
    'is not %j',
    (given) => {
      expect(normaliseAddress(given)).toBeUndefined()
      expect(addressKey(given)).toBeUndefined()
    },
  )

  it('in its normal form is the same address, and stays as it is', () => {
    fc.assert(
      fc.property(fc.ipV6(), (given) => {
        const normal = normaliseAddress(given) ?? ''
        const inUrl = (address: string) => new URL(`http://[${address}]`).hostname
        if (isIPv6(normal)) expect(inUrl(normal)).toBe(inUrl(given))
        expect(normaliseAddress(normal)).toBe(normal)
      }),
    )
  })

  it('is counted by itself in IPv4 and by its /64 network in IPv6', () => {
    expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(addressKey('2001:db8:1:2::ffff')).toBe('2001:db8:1:2::/64')
    expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'))
  })
})

describe('the address of the client', () => {
  const proxies = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.53']

  it('is the peer when no proxy is trusted, whatever the header says', () => {
    expect(clientAddress('198.51.100.7', '203.0.113.9', [])).toBe('198.51.100.7')
    expect(clientAddress('198.51.100.7', '203.0.113.9', proxies)).toBe('198.51.100.7')
  })

  it('is what a trusted proxy says it is', () => {
    expect(clientAddress('10.1.2.3', '203.0.113.9', proxies)).toBe('203.0.113.9')
    expect(clientAddress('::ffff:10.1.2.3', '203.0.113.9', proxies)).toBe('203.0.113.9')
    expect(clientAddress('2001:db8:ffff::5', '2001:db8::1', proxies)).toBe('2001:db8:0:0:0:0:0:1')
    expect(clientAddress('192.0.2.53', '203.0.113.9', proxies)).toBe('203.0.113.9')
  })

  it('is not what the client itself wrote in front', () => {
    expect(clientAddress('10.1.2.3', '1.1.1.1, 203.0.113.9', proxies)).toBe('203.0.113.9')
    expect(clientAddress('10.1.2.3', '10.9.9.9, 203.0.113.9', proxies)).toBe('203.0.113.9')
  })

  it('is found behind several trusted proxies', () => {
    expect(clientAddress('10.1.2.3', '1.1.1.1,203.0.113.9 , 10.4.5.6', proxies)).toBe('203.0.113.9')
    expect(clientAddress('10.1.2.3', '10.7.7.7, 10.4.5.6', proxies)).toBe('10.7.7.7')
  })

  it('is the nearest one known when the header is rubbish', () => {
    for (const header of ['', 'unknown', '203.0.113.9, unknown', 'a,b,c', ',', '1.2.3.4;5']) {
      expect(clientAddress('10.1.2.3', header, proxies)).toBe('10.1.2.3')
    }
  })

  it('may come with a port', () => {
    expect(clientAddress('10.1.2.3', '203.0.113.9:4711', proxies)).toBe('203.0.113.9')
    expect(clientAddress('10.1.2.3', '[2001:db8::1]:4711', proxies)).toBe('2001:db8:0:0:0:0:0:1')
  })

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    'proxy.example.com',
    '10.0.0.0/x',
    '10.0.0.0/',
    '::/129',
    '10.0.0.0/8/8',
  ])('is not looked for with the network %j', (network) => {
    expect(() => clientAddress('10.1.2.3', '203.0.113.9', [network])).toThrow(RangeError)
  })
})
