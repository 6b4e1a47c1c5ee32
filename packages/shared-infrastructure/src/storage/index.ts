export { createDirectoryStorage, type DirectoryStorage } from './directory.ts'
export type { SignedRequest } from './signed-url.ts'
export {
  type ByteRange,
  DamagedObject,
  InvalidPath,
  type ObjectHead,
  RangeNotSatisfiable,
  type SignedMethod,
  type Storage,
  type StoredObject,
} from './storage.ts'
