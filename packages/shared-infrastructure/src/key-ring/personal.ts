// Personal data outside its own table (in events, in history) is encrypted under a key of its
// subject. Deleting that key erases the data everywhere, backups of the history included.
import { randomBytes } from 'node:crypto'
import { decrypt, encrypt, type KeyRing, Tampered } from './key-ring.ts'

/** Marks a value as encrypted, so that it can be told from one that is not. */
export type EncryptedText = `enc:v1:${string}`

const marker = 'enc:v1:'
const pattern = /^enc:v1:[A-Za-z0-9_-]{38,}$/
const keyBytes = 32

/** A new data key for one subject. */
export function createSubjectKey(): Uint8Array {
  return randomBytes(keyBytes)
}

/** The key as it is stored; `context` names tenant and subject. */
export function sealSubjectKey(ring: KeyRing, key: Uint8Array, context: string): Uint8Array {
  return ring.seal(key, `subject-key ${context}`)
}

/** The data key sealed for this context. Throws `UnknownKey` or `Tampered`. */
export function openSubjectKey(ring: KeyRing, sealed: Uint8Array, context: string): Uint8Array {
  return ring.open(sealed, `subject-key ${context}`)
}

/** Any JSON value as one compact text; `context` names the event or row and the field. */
export function encryptPersonal(key: Uint8Array, value: unknown, context: string): EncryptedText {
  const json = JSON.stringify(value)
  if (json === undefined) throw new TypeError('Only JSON values can be encrypted')
  const encrypted = encrypt(key, Buffer.from(json), Buffer.from(context))
  return `${marker}${Buffer.from(encrypted).toString('base64url')}`
}

/** The value given to `encryptPersonal`. Throws `Tampered`. */
export function decryptPersonal(key: Uint8Array, text: string, context: string): unknown {
  if (!isEncrypted(text)) throw new Tampered('Not an encrypted value')
  const encrypted = Buffer.from(text.slice(marker.length), 'base64url')
  return JSON.parse(Buffer.from(decrypt(key, encrypted, Buffer.from(context))).toString())
}

/** Whether a value has the form of one that `encryptPersonal` made. */
export function isEncrypted(value: unknown): value is EncryptedText {
  return typeof value === 'string' && pattern.test(value)
}
