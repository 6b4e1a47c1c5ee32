import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyRing, Tampered } from './key-ring.ts'
import {
  createSubjectKey,
  decryptPersonal,
  encryptPersonal,
  isEncrypted,
  openSubjectKey,
  sealSubjectKey,
} from './personal.ts'

const key = createSubjectKey()

describe('personal data', () => {
  it('comes back as it was, whatever JSON value it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const encrypted = encryptPersonal(key, value, 'user.registered/email')
        expect(isEncrypted(encrypted)).toBe(true)
        const decrypted = decryptPersonal(key, encrypted, 'user.registered/email')
        expect(JSON.stringify(decrypted)).toBe(JSON.stringify(value))
      }),
    )
  })

  it('is one compact text that shows nothing of it', () => {
    const encrypted = encryptPersonal(key, 'ada@example.com', 'email')
    expect(encrypted).toMatch(/^enc:v1:[A-Za-z0-9_-]+$/)
    expect(encrypted.length).toBeLessThan(70)
    expect(encryptPersonal(key, 'ada@example.com', 'email')).not.toBe(encrypted)
  })

  it('cannot be read with the key of another subject, in another field, or after a change', () => {
    const encrypted = encryptPersonal(key, 'ada@example.com', 'email')
    expect(() => decryptPersonal(createSubjectKey(), encrypted, 'email')).toThrow(Tampered)
    expect(() => decryptPersonal(key, encrypted, 'phone')).toThrow(Tampered)
    const changed = encrypted.slice(0, -2) + (encrypted.endsWith('AA') ? 'BB' : 'AA')
    expect(() => decryptPersonal(key, changed, 'email')).toThrow(Tampered)
    expect(() => decryptPersonal(key, 'ada@example.com', 'email')).toThrow(Tampered)
  })

  it('is told from plain values', () => {
    for (const plain of ['ada@example.com', 'enc:v1:', 'enc:v1:abc', '', null, 5, {}]) {
      expect(isEncrypted(plain)).toBe(false)
    }
  })

  it('that JSON has no word for is refused', () => {
    expect(() => encryptPersonal(key, undefined, 'email')).toThrow(TypeError)
  })
})

describe('the key of a subject', () => {
  it('is stored sealed, and opens for its tenant and subject only', () => {
    const ring = createKeyRing([{ id: 'k1', key: randomBytes(32) }])
    const sealed = sealSubjectKey(ring, key, 'acme/customer-1')
    expect(Buffer.compare(openSubjectKey(ring, sealed, 'acme/customer-1'), key)).toBe(0)
    expect(() => openSubjectKey(ring, sealed, 'acme/customer-2')).toThrow(Tampered)
  })
})
