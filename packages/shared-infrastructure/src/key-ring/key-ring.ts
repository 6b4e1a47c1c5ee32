// Sealing under a ring of keys: AES-256-GCM with a random nonce. The newest key seals, every key
// of the ring opens, so keys can change without touching what is stored. A sealed value is bound to
// a context (tenant, table, row), so that moved elsewhere it does not open.
//
// Layout: version 1 | length of key id 1 | key id | nonce 12 | tag 16 | ciphertext.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const version = 1
const algorithm = 'aes-256-gcm'
const keyBytes = 32
// Random nonces of 96 bits are safe for 2^32 seals under one key (NIST SP 800-38D, 8.3); rotate
// long before. Bulk data is sealed under keys of its own for this reason.
const nonceBytes = 12
const tagBytes = 16
const keyIdPattern = /^[A-Za-z0-9._-]{1,64}$/

/** The key that sealed the value is not on the ring. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey'
}

/** Not what was sealed under this context: changed, cut, moved, or never sealed at all. */
export class Tampered extends Error {
  override readonly name = 'Tampered'
}

export interface RingKey {
  /** 1 to 64 letters, digits, `.`, `_`, `-`; it is written in clear into every sealed value. */
  readonly id: string
  /** 32 random bytes. */
  readonly key: Uint8Array
}

export interface KeyRing {
  /** The ids of all keys; the first one seals. */
  readonly keyIds: readonly string[]
  /** `context` says where the value belongs; the same one is needed to open it. */
  seal(plaintext: Uint8Array, context: string): Uint8Array
  /** Throws `UnknownKey` or `Tampered`. */
  open(sealed: Uint8Array, context: string): Uint8Array
  /**
   * 32 bytes for one purpose, the same in every process with this ring: HKDF-SHA-256 of the first
   * key, or of the key `keyId` to verify what was made before a rotation. Throws `UnknownKey`.
   */
  deriveKey(purpose: string, keyId?: string): Uint8Array
}

/** A ring of the given keys; the first one seals. Throws when a key or an id is not usable. */
export function createKeyRing(keys: readonly RingKey[]): KeyRing {
  checkRing(keys)
  return keyRingOver({ keys: () => keys, reload: () => {} })
}

/** A ring of keys from configuration, each 32 bytes in base64; the first one seals. */
export function keyRingFrom(keys: readonly { id: string; key: string }[]): KeyRing {
  return createKeyRing(keys.map(({ id, key }) => ({ id, key: decodeKey(id, key) })))
}

/** The 32 bytes of a key written in base64. Never shows what it was given. */
export function decodeKey(id: string, base64: string): Uint8Array {
  const key = Buffer.from(base64, 'base64')
  // Node ignores what is not base64; a mangled key must not become another key.
  if (key.length !== keyBytes || key.toString('base64') !== base64.trim()) {
    throw new Error(`Key "${id}" must be ${keyBytes} bytes written in base64`)
  }
  return key
}

/** Throws unless `keys` can form a ring. */
export function checkRing(keys: readonly RingKey[]): void {
  if (keys.length === 0) throw new Error('A key ring needs at least one key')
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) {
    throw new Error('Two keys of the ring have the same id')
  }
  for (const { id, key } of keys) {
    if (!keyIdPattern.test(id)) {
      throw new Error('A key id has 1 to 64 letters, digits, ".", "_" or "-"')
    }
    if (key.length !== keyBytes) throw new Error(`Key "${id}" must have ${keyBytes} bytes`)
  }
}

/** A ring whose keys may change; `reload` is asked to look for new ones when a key is unknown. */
export function keyRingOver(source: { keys(): readonly RingKey[]; reload(): void }): KeyRing {
  const byId = (id: string) => source.keys().find((candidate) => candidate.id === id)?.key
  function keyOf(id: string): Uint8Array {
    const known = byId(id)
    if (known !== undefined) return known
    source.reload()
    const found = byId(id)
    if (found === undefined) throw new UnknownKey(`Key "${id}" is not on the ring`)
    return found
  }
  function primary(): RingKey {
    const [first] = source.keys()
    if (first === undefined) throw new Error('A key ring needs at least one key')
    return first
  }
  return {
    get keyIds() {
      return source.keys().map(({ id }) => id)
    },
    seal(plaintext, context) {
      const { id, key } = primary()
      const header = Buffer.from([version, id.length, ...Buffer.from(id)])
      return Buffer.concat([header, encrypt(key, plaintext, associated(header, context))])
    },
    open(sealed, context) {
      const idLength = sealed[1]
      if (sealed[0] !== version || idLength === undefined) throw new Tampered('Not a sealed value')
      const header = sealed.subarray(0, 2 + idLength)
      const id = Buffer.from(header.subarray(2)).toString('latin1')
      if (id.length !== idLength || !keyIdPattern.test(id)) throw new Tampered('Not a sealed value')
      return decrypt(keyOf(id), sealed.subarray(header.length), associated(header, context))
    },
    deriveKey(purpose, keyId) {
      const key = keyId === undefined ? primary().key : keyOf(keyId)
      return new Uint8Array(hkdfSync('sha256', key, '', purpose, keyBytes))
    },
  }
}

function associated(header: Uint8Array, context: string): Uint8Array {
  return Buffer.concat([header, Buffer.from(context)])
}

/** Nonce, tag and ciphertext of `plaintext` under a new random nonce. */
export function encrypt(
  key: Uint8Array,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(associatedData)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** What `encrypt` was given. Throws `Tampered`. */
export function decrypt(
  key: Uint8Array,
  encrypted: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array {
  if (encrypted.length < nonceBytes + tagBytes) throw new Tampered('The sealed value is cut short')
  const nonce = encrypted.subarray(0, nonceBytes)
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(associatedData)
  decipher.setAuthTag(encrypted.subarray(nonceBytes, nonceBytes + tagBytes))
  const plaintext = decipher.update(encrypted.subarray(nonceBytes + tagBytes))
  try {
    return Buffer.concat([plaintext, decipher.final()])
  } catch (cause) {
    throw new Tampered('The sealed value was changed, or belongs elsewhere', { cause })
  }
}
