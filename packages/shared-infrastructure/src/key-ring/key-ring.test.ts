import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyRing, keyRingFrom, Tampered, UnknownKey } from './key-ring.ts'

const older = { id: 'k1', key: randomBytes(32) }
const newer = { id: 'k2', key: randomBytes(32) }
const text = Buffer.from('api key of the payment provider')

describe('a sealed value', () => {
  it('opens under its ring and context, whatever both are', () => {
    const ring = createKeyRing([older])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plaintext, context) => {
        const opened = ring.open(ring.seal(plaintext, context), context)
        expect(Buffer.compare(opened, plaintext)).toBe(0)
      }),
    )
  })

  it('does not open in another place', () => {
    const ring = createKeyRing([older])
    const sealed = ring.seal(text, 'acme/setting/1')
    expect(() => ring.open(sealed, 'acme/setting/2')).toThrow(Tampered)
  })

  it('does not open when any of its bytes was changed, or it was cut', () => {
    const ring = createKeyRing([older])
    const sealed = ring.seal(text, 'c')
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      const inKeyId = index >= 1 && index <= 3
      expect(() => ring.open(changed, 'c')).toThrow(inKeyId ? Error : Tampered)
      expect(() => ring.open(sealed.subarray(0, index), 'c')).toThrow(Tampered)
    }
  })

  it('is different each time and does not show its text', () => {
    const ring = createKeyRing([older])
    const sealed = ring.seal(text, 'c')
    expect(Buffer.compare(sealed, ring.seal(text, 'c'))).not.toBe(0)
    expect(Buffer.from(sealed).includes('payment')).toBe(false)
  })

  it('of an older key opens as long as that key is on the ring', () => {
    const sealed = createKeyRing([older]).seal(text, 'c')
    const opened = createKeyRing([newer, older]).open(sealed, 'c')
    expect(Buffer.from(opened).toString()).toBe(text.toString())
    expect(() => createKeyRing([newer]).open(sealed, 'c')).toThrow(UnknownKey)
  })

  it('is not confused with one of another key of the same name', () => {
    const sealed = createKeyRing([older]).seal(text, 'c')
    expect(() => createKeyRing([{ ...newer, id: older.id }]).open(sealed, 'c')).toThrow(Tampered)
  })
})

describe('a derived key', () => {
  it('is the same for the same purpose and another for another', () => {
    const derive = (purpose: string) => createKeyRing([older]).deriveKey(purpose)
    expect(derive('urls')).toEqual(derive('urls'))
    expect(derive('urls')).not.toEqual(derive('refresh'))
    expect(derive('urls')).toHaveLength(32)
    expect(Buffer.compare(derive('urls'), older.key)).not.toBe(0)
  })

  it('of before a rotation can still be had by the id of its key', () => {
    const before = createKeyRing([older]).deriveKey('urls')
    const ring = createKeyRing([newer, older])
    expect(ring.deriveKey('urls')).not.toEqual(before)
    expect(ring.deriveKey('urls', 'k1')).toEqual(before)
    expect(() => ring.deriveKey('urls', 'k0')).toThrow(UnknownKey)
  })
})

describe('keys from configuration', () => {
  it('are accepted as base64 of 32 bytes', () => {
    const ring = keyRingFrom([{ id: 'k1', key: older.key.toString('base64') }])
    expect(Buffer.compare(createKeyRing([older]).open(ring.seal(text, 'c'), 'c'), text)).toBe(0)
  })

  it.each([
    ['short', randomBytes(16).toString('base64')],
    ['not base64', `${'a'.repeat(42)}!=`],
    ['empty', ''],
  ])('are refused when they are %s, without showing them', (_case, key) => {
    const problem = /^Key "k1" must be 32 bytes written in base64$/
    expect(() => keyRingFrom([{ id: 'k1', key }])).toThrow(problem)
  })

  it('are refused when the ring is empty or an id is odd or comes twice', () => {
    expect(() => createKeyRing([])).toThrow('at least one key')
    expect(() => createKeyRing([older, older])).toThrow('same id')
    expect(() => createKeyRing([{ ...older, id: 'a b' }])).toThrow('key id')
  })
})
