// One object in one file, so that content and description cannot come apart: 1024 bytes of
// description, then the content, as it is or encrypted.
//
// Description: "PNF1" | 0 plain or 1 sealed | length 2 | JSON, or JSON sealed under the key ring.
// Encrypted content: chunks of 64 KiB, each with its tag, under a key made for this file alone and
// kept in the sealed description. The nonce is the number of the chunk and whether it is the last:
// a chunk that was moved, left out or made the last does not open, and any chunk opens alone.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { type KeyRing, Tampered } from '../key-ring/index.ts'
import { DamagedObject } from './storage.ts'

const magic = 'PNF1'
const descriptionBytes = 1024
const prefixBytes = 7
const chunkBytes = 65_536
const tagBytes = 16
const algorithm = 'aes-256-gcm'

const descriptionShape = z.object({
  contentType: z.string(),
  sizeBytes: z.int().min(0),
  sha256: z.string(),
  /** Base64; absent when the content is not encrypted. */
  key: z.string().optional(),
})

export type Description = z.infer<typeof descriptionShape>

/**
 * Writes a whole object into an empty file. `place` is where the object belongs, the only place
 * where it opens when it is encrypted. Nothing is durable before the caller has synced the file.
 */
export async function writeObject(
  file: FileHandle,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  options: { contentType: string; place: string; keyRing: KeyRing; encrypt: boolean },
): Promise<Description> {
  const { contentType, place, keyRing, encrypt } = options
  const key = encrypt ? randomBytes(32) : undefined
  const hash = createHash('sha256')
  let sizeBytes = 0
  let index = 0
  await file.writeFile(Buffer.alloc(descriptionBytes))
  for await (const { bytes, isLast } of inChunks(content)) {
    hash.update(bytes)
    sizeBytes += bytes.length
    await file.writeFile(key ? sealChunk(key, bytes, index, isLast) : bytes)
    index += 1
  }
  const description = { contentType, sizeBytes, sha256: hash.digest('hex') }
  const head = key
    ? encodeSealed({ ...description, key: key.toString('base64') }, place, keyRing)
    : encode(0, Buffer.from(JSON.stringify(description)))
  const { bytesWritten } = await file.write(head, 0, head.length, 0)
  if (bytesWritten !== head.length) throw new Error('The description was written in part only')
  return description
}

/** The description of an object, checked against the length of its file. */
export async function readDescription(
  file: FileHandle,
  place: string,
  keyRing: KeyRing,
): Promise<Description> {
  const head = await readExactly(file, 0, descriptionBytes)
  const length = head.readUInt16BE(5)
  if (head.toString('latin1', 0, 4) !== magic || length > descriptionBytes - prefixBytes) {
    throw new DamagedObject('Not a stored object')
  }
  const payload = head.subarray(prefixBytes, prefixBytes + length)
  const json = head[4] === 1 ? openSealed(keyRing, payload, place) : payload
  const description = parseDescription(json)
  const { sizeBytes, key } = description
  const tags = key === undefined ? 0 : tagBytes * (lastChunk(sizeBytes) + 1)
  const { size } = await file.stat()
  if (size !== descriptionBytes + sizeBytes + tags) throw new DamagedObject('The file is cut short')
  return description
}

/** The bytes from `start` up to but not including `end`. The stream closes the file. */
export function readContent(
  file: FileHandle,
  description: Description,
  start: number,
  end: number,
): Readable {
  const key = description.key === undefined ? undefined : Buffer.from(description.key, 'base64')
  const last = lastChunk(description.sizeBytes)
  let position = start

  async function next(): Promise<Buffer | null> {
    // Of an empty object the one empty chunk is not read: its length was checked.
    if (position >= end) return null
    const index = Math.floor(position / chunkBytes)
    const chunkStart = index * chunkBytes
    const length = Math.min(chunkBytes, description.sizeBytes - chunkStart)
    const tag = key ? tagBytes : 0
    const stored = await readExactly(
      file,
      descriptionBytes + index * (chunkBytes + tag),
      length + tag,
    )
    const bytes = key ? openChunk(key, stored, index, index === last) : stored
    const wanted = bytes.subarray(position - chunkStart, end - chunkStart)
    position += wanted.length
    return wanted
  }

  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      next().then(
        (bytes) => this.push(bytes),
        (error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      file.close().then(() => done(error), done)
    },
  })
}

/** Chunks of the same length, the last one shorter; an empty content is one empty chunk. */
async function* inChunks(
  content: Uint8Array | AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let filled = 0
  for await (const part of content instanceof Uint8Array ? [content] : content) {
    let taken = 0
    while (taken < part.length) {
      // A full chunk waits for more, because only then it is known not to be the last.
      if (filled === chunkBytes) {
        yield { bytes: chunk, isLast: false }
        filled = 0
      }
      const length = Math.min(chunkBytes - filled, part.length - taken)
      chunk.set(part.subarray(taken, taken + length), filled)
      filled += length
      taken += length
    }
  }
  yield { bytes: chunk.subarray(0, filled), isLast: true }
}

function lastChunk(sizeBytes: number): number {
  return Math.max(0, Math.ceil(sizeBytes / chunkBytes) - 1)
}

function chunkNonce(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index))
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function sealChunk(key: Uint8Array, bytes: Uint8Array, index: number, isLast: boolean): Buffer {
  const nonce = chunkNonce(index, isLast)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

function openChunk(key: Uint8Array, stored: Buffer, index: number, isLast: boolean): Buffer {
  const nonce = chunkNonce(index, isLast)
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  decipher.setAuthTag(stored.subarray(stored.length - tagBytes))
  const bytes = decipher.update(stored.subarray(0, stored.length - tagBytes))
  try {
    decipher.final()
  } catch (cause) {
    throw new DamagedObject(`Chunk ${index} was changed or moved`, { cause })
  }
  return bytes
}

function encode(mode: 0 | 1, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(descriptionBytes)
  if (payload.length > descriptionBytes - prefixBytes) throw new Error('Description is too long')
  head.write(magic, 'latin1')
  head[4] = mode
  head.writeUInt16BE(payload.length, 5)
  head.set(payload, prefixBytes)
  return head
}

function encodeSealed(description: Description, place: string, keyRing: KeyRing): Buffer {
  return encode(1, keyRing.seal(Buffer.from(JSON.stringify(description)), `file ${place}`))
}

/** A missing key is told as such (`UnknownKey`): the object is whole, the ring is not. */
function openSealed(keyRing: KeyRing, payload: Uint8Array, place: string): Uint8Array {
  try {
    return keyRing.open(payload, `file ${place}`)
  } catch (cause) {
    if (!(cause instanceof Tampered)) throw cause
    throw new DamagedObject('The description was changed, or the file was moved', { cause })
  }
}

function parseDescription(json: Uint8Array): Description {
  try {
    return descriptionShape.parse(JSON.parse(Buffer.from(json).toString()))
  } catch (cause) {
    throw new DamagedObject('The description cannot be read', { cause })
  }
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new DamagedObject('The file is cut short')
    filled += bytesRead
  }
  return buffer
}
