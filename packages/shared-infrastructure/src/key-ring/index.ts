export { loadKeyRing, type StoredKeyRing } from './key-file.ts'
export {
  createKeyRing,
  type KeyRing,
  keyRingFrom,
  type RingKey,
  Tampered,
  UnknownKey,
} from './key-ring.ts'
export {
  createSubjectKey,
  decryptPersonal,
  type EncryptedText,
  encryptPersonal,
  isEncrypted,
  openSubjectKey,
  sealSubjectKey,
} from './personal.ts'
