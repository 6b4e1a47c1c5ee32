import { v7 } from 'uuid'

/** A new UUIDv7 (RFC 9562): unique everywhere, ordered by time, made by the application. */
export function newId(): string {
  return v7()
}
