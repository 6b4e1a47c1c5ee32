// Files of tenants. The tenant is part of every address, so no path leads from one to another.
import type { Readable } from 'node:stream'

export interface ByteRange {
  readonly start: number
  /** The last byte, inclusive as in HTTP; the end of the object when absent or beyond it. */
  readonly end?: number
}

export interface ObjectHead {
  readonly sizeBytes: number
  readonly contentType: string
  /** Strong and quoted, as it stands in the header; the same for the same content. */
  readonly etag: string
}

export interface StoredObject extends ObjectHead {
  /** The bytes asked for. Read it to its end or destroy it; it holds the object open. */
  readonly stream: Readable
}

export type SignedMethod = 'GET' | 'PUT'

/**
 * One interface for every driver; `storageConformance` says what they have in common. A bad tenant
 * id or path is an `InvalidPath` everywhere.
 */
export interface Storage {
  /** Stores all of it or nothing; an object of that path is replaced at once. */
  put(
    tenantId: string,
    path: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: { contentType: string },
  ): Promise<{ sizeBytes: number; sha256: string }>
  /** Undefined when there is none. Throws `RangeNotSatisfiable`, `DamagedObject`. */
  get(
    tenantId: string,
    path: string,
    options?: { range?: ByteRange },
  ): Promise<StoredObject | undefined>
  head(tenantId: string, path: string): Promise<ObjectHead | undefined>
  /** Also succeeds when there is none. */
  delete(tenantId: string, path: string): Promise<void>
  /** The paths that begin with `prefix`, in the order of their UTF-8 bytes. */
  list(tenantId: string, prefix: string): AsyncIterable<string>
  /** A URL that allows whoever has it to use this one method on this one path until then. */
  signUrl(
    tenantId: string,
    path: string,
    options: { expiresAt: Date; method: SignedMethod },
  ): Promise<string>
}

/** The tenant id, path or prefix is not one that storage accepts. */
export class InvalidPath extends Error {
  override readonly name = 'InvalidPath'
}

/** The range begins behind the end of the object; answer 416 with its size. */
export class RangeNotSatisfiable extends Error {
  override readonly name = 'RangeNotSatisfiable'
  readonly sizeBytes: number

  constructor(sizeBytes: number) {
    super(`The range begins behind the end of the object (${sizeBytes} bytes)`)
    this.sizeBytes = sizeBytes
  }
}

/** What is stored is not what was put there: cut, changed, or moved. */
export class DamagedObject extends Error {
  override readonly name = 'DamagedObject'
}

const maxPathBytes = 1024
/** File systems allow 255; the directory driver needs two of them. */
const maxSegmentBytes = 250

/** The segments of a valid path of a valid tenant. Throws `InvalidPath`. */
export function checkPath(tenantId: string, path: string): string[] {
  checkTenant(tenantId)
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new InvalidPath(`A path has at most ${maxPathBytes} bytes`)
  }
  const segments = path.split('/')
  for (const segment of segments) checkSegment(segment)
  return segments
}

/** The whole segments of a valid prefix, which may end within a segment. Throws `InvalidPath`. */
export function checkPrefix(tenantId: string, prefix: string): string[] {
  const lastSlash = prefix.lastIndexOf('/')
  if (lastSlash >= 0) return checkPath(tenantId, prefix.slice(0, lastSlash))
  checkTenant(tenantId)
  return []
}

function checkTenant(tenantId: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(tenantId)) {
    throw new InvalidPath('A tenant id has 1 to 64 letters, digits, "_" or "-"')
  }
}

function checkSegment(segment: string): void {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new InvalidPath('A path has no empty, "." or ".." segments and no "/" at its ends')
  }
  if (/[\p{Cc}\\]/u.test(segment) || !segment.isWellFormed()) {
    throw new InvalidPath('A path has no backslashes and no control characters')
  }
  if (Buffer.byteLength(segment) > maxSegmentBytes) {
    throw new InvalidPath(`A segment of a path has at most ${maxSegmentBytes} bytes`)
  }
}
