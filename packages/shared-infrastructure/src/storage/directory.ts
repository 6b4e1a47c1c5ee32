// Storage in a local directory: <directory>/<tenant>/<segment>.d/.../<name>.o. The endings keep an
// object `a` and a folder `a` apart. Files are written beside, synced and then renamed, so an
// object is whole or not there. Nothing is ever opened through a symbolic link.
import { randomUUID } from 'node:crypto'
import { constants, type Dirent, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyRing } from '../key-ring/index.ts'
import { type Description, readContent, readDescription, writeObject } from './object-file.ts'
import { type SignedRequest, signStorageUrl, verifyStorageUrl } from './signed-url.ts'
import {
  type ByteRange,
  checkPath,
  checkPrefix,
  InvalidPath,
  type ObjectHead,
  RangeNotSatisfiable,
  type Storage,
} from './storage.ts'

export interface DirectoryStorage extends Storage {
  /**
   * What a URL made by `signUrl` allows with this method; undefined when it allows nothing. `url`
   * must begin as `baseUrl` does, with its escapes as they were sent.
   */
  verifySignedUrl(url: string, method: string): SignedRequest | undefined
}

const temporaryDirectory = '.tmp'
const abandonedAfterMs = 24 * 3600 * 1000
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW

/**
 * Storage below `directory`, which is made when it is missing. `keyRing` signs URLs and opens what
 * was encrypted; new objects are encrypted under it when `encrypt` is set. `baseUrl` is where
 * signed URLs are served, without a slash at its end.
 */
export async function createDirectoryStorage(options: {
  directory: string
  keyRing: KeyRing
  encrypt: boolean
  baseUrl: string
}): Promise<DirectoryStorage> {
  const { directory, keyRing, encrypt, baseUrl } = options
  const temporary = join(directory, temporaryDirectory)
  await mkdir(temporary, { recursive: true, mode: 0o700 })
  await removeAbandoned(temporary)

  const place: Place = { directory, temporary, keyRing }

  return {
    put: (tenantId, path, content, { contentType }) =>
      putObject(place, tenantId, path, content, { contentType, encrypt }),
    get: (tenantId, path, { range } = {}) =>
      openObject(place, tenantId, path, async (file, description) => {
        const { start, end } = resolveRange(range, description.sizeBytes)
        return { ...headOf(description), stream: readContent(file, description, start, end) }
      }),
    head: (tenantId, path) =>
      openObject(place, tenantId, path, async (file, description) => {
        await file.close()
        return headOf(description)
      }),
    async delete(tenantId, path) {
      const { folders, name } = locate(tenantId, path)
      if (!(await areFolders(directory, folders))) return
      const folder = join(directory, ...folders)
      await rm(join(folder, name), { force: true })
      await syncFolder(folder)
    },
    async *list(tenantId, prefix) {
      const segments = checkPrefix(tenantId, prefix)
      const folders = [tenantId, ...segments.map(folderName)]
      if (!(await areFolders(directory, folders))) return
      const parent = segments.map((segment) => `${segment}/`).join('')
      yield* walk(join(directory, ...folders), parent, prefix)
    },
    signUrl: async (tenantId, path, { expiresAt, method }) =>
      signStorageUrl(keyRing, baseUrl, { tenantId, path, method, expiresAt }),
    verifySignedUrl: (url, method) => verifyStorageUrl(keyRing, baseUrl, url, method),
  }
}

interface Place {
  readonly directory: string
  readonly temporary: string
  readonly keyRing: KeyRing
}

async function putObject(
  { directory, temporary, keyRing }: Place,
  tenantId: string,
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  options: { contentType: string; encrypt: boolean },
): Promise<{ sizeBytes: number; sha256: string }> {
  const { folders, name } = locate(tenantId, path)
  checkContentType(options.contentType)
  const written = join(temporary, randomUUID())
  try {
    const { sizeBytes, sha256 } = await writeSynced(written, (file) =>
      writeObject(file, content, { ...options, place: `${tenantId}/${path}`, keyRing }),
    )
    const folder = await makeFolders(directory, folders)
    await rename(written, join(folder, name))
    await syncFolder(folder)
    return { sizeBytes, sha256 }
  } catch (error) {
    await rm(written, { force: true })
    throw error
  }
}

/** Opens an object that is there; the file is closed when `use` fails, and by `use` otherwise. */
async function openObject<T>(
  { directory, keyRing }: Place,
  tenantId: string,
  path: string,
  use: (file: FileHandle, description: Description) => Promise<T>,
): Promise<T | undefined> {
  const { folders, name } = locate(tenantId, path)
  if (!(await areFolders(directory, folders))) return undefined
  const file = await openPresent(join(directory, ...folders, name))
  if (file === undefined) return undefined
  try {
    return await use(file, await readDescription(file, `${tenantId}/${path}`, keyRing))
  } catch (error) {
    await file.close()
    throw error
  }
}

function folderName(segment: string): string {
  return `${segment}.d`
}

function locate(tenantId: string, path: string): { folders: string[]; name: string } {
  const segments = checkPath(tenantId, path)
  const folders = [tenantId, ...segments.slice(0, -1).map(folderName)]
  return { folders, name: `${segments.at(-1)}.o` }
}

function checkContentType(contentType: string): void {
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(contentType)) {
    throw new RangeError('A content type has 1 to 255 printable ASCII characters')
  }
}

function headOf({ sizeBytes, contentType, sha256 }: Description): ObjectHead {
  return { sizeBytes, contentType, etag: `"${sha256}"` }
}

/** First byte and the one behind the last. */
function resolveRange(
  range: ByteRange | undefined,
  sizeBytes: number,
): { start: number; end: number } {
  if (range === undefined) return { start: 0, end: sizeBytes }
  const { start, end = Number.MAX_SAFE_INTEGER } = range
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new RangeError('A range has whole numbers, and its end is not before its start')
  }
  if (start >= sizeBytes) throw new RangeNotSatisfiable(sizeBytes)
  return { start, end: Math.min(end + 1, sizeBytes) }
}

function isError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

async function statPresent(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whether each of these is there and a directory in truth, not a link to one. */
async function areFolders(directory: string, folders: readonly string[]): Promise<boolean> {
  let folder = directory
  for (const name of folders) {
    folder = join(folder, name)
    if (!(await statPresent(folder))?.isDirectory()) return false
  }
  return true
}

async function makeFolders(directory: string, folders: readonly string[]): Promise<string> {
  let folder = directory
  for (const name of folders) {
    const parent = folder
    folder = join(folder, name)
    try {
      await mkdir(folder, { mode: 0o700 })
      await syncFolder(parent)
    } catch (error) {
      if (!isError(error, 'EEXIST')) throw error
      if (!(await lstat(folder)).isDirectory()) {
        throw new InvalidPath('Something that is not a directory is in the way')
      }
    }
  }
  return folder
}

async function openPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, readFlags)
  } catch (error) {
    // ELOOP is what O_NOFOLLOW makes of a symbolic link.
    if (isError(error, 'ENOENT', 'ELOOP')) return undefined
    throw error
  }
}

async function writeSynced<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o600)
  try {
    const result = await write(file)
    await file.sync()
    return result
  } finally {
    await file.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* walk(folder: string, parent: string, prefix: string): AsyncGenerator<string> {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .map((entry) => ({ end: pathEnd(entry), inner: join(folder, entry.name) }))
    .filter(({ end }) => end !== '' && `${parent}${end}`.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a.end), Buffer.from(b.end)))
  for (const { end, inner } of entries) {
    if (end.endsWith('/')) yield* walk(inner, parent + end, prefix)
    else yield parent + end
  }
}

/** `name` of an object, `name/` of a folder, empty for what is neither, such as a link. */
function pathEnd(entry: Dirent): string {
  if (entry.isFile() && entry.name.endsWith('.o')) return entry.name.slice(0, -2)
  if (entry.isDirectory() && entry.name.endsWith('.d')) return `${entry.name.slice(0, -2)}/`
  return ''
}

/** What processes that died have left; files younger than a day may still be in the making. */
async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name)
    const stats = await statPresent(path)
    if (stats && Date.now() - stats.mtimeMs > abandonedAfterMs) await rm(path, { force: true })
  }
}
