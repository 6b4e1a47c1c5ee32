// The key ring of an installation that was given none: a file that only its owner can read. Losing
// it loses everything sealed under it, so it is never overwritten, only replaced by a longer ring.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { checkRing, decodeKey, type KeyRing, keyRingOver, type RingKey } from './key-ring.ts'

const fileShape = z.object({
  version: z.literal(1),
  keys: z.array(z.object({ id: z.string(), key: z.string(), createdAt: z.iso.datetime() })).min(1),
})
type KeyFile = z.infer<typeof fileShape>

const reloadIntervalMs = 1000

export interface StoredKeyRing extends KeyRing {
  /** Adds a key that seals from now on, and stores it first; all older keys still open. */
  rotate(): Promise<void>
}

/**
 * The ring of `key-ring.json` in `directory`, created with one random key when it is missing. Of
 * several processes that start at once, one creates it and all use that one. Throws when the file
 * is there but cannot be read as a ring.
 */
export async function loadKeyRing(options: { directory: string }): Promise<StoredKeyRing> {
  const { directory } = options
  const path = join(directory, 'key-ring.json')
  const text = (await readIfPresent(path)) ?? (await createFile(directory, path))
  let keys = parse(path, text)
  let reloadedMs = Number.NEGATIVE_INFINITY

  const ring = keyRingOver({
    keys: () => keys,
    // Another process may have rotated. Anybody can make up key ids, hence the interval.
    reload() {
      if (performance.now() - reloadedMs < reloadIntervalMs) return
      reloadedMs = performance.now()
      keys = parse(path, readFileSync(path, 'utf8'))
    },
  })
  return Object.assign(ring, {
    async rotate() {
      keys = await addKey(directory, path)
    },
  })
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isError(error, 'ENOENT')) return undefined
    throw error
  }
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function parse(path: string, text: string): RingKey[] {
  let ring: KeyFile
  try {
    ring = fileShape.parse(JSON.parse(text))
  } catch {
    // Without the cause: a parser's message may quote the keys.
    throw new Error(`${path} is not a key ring; restore it from a backup, do not delete it`)
  }
  const keys = ring.keys.map(({ id, key }) => ({ id, key: decodeKey(id, key) }))
  checkRing(keys)
  return keys
}

function newKey(): KeyFile['keys'][number] {
  return {
    id: randomBytes(6).toString('hex'),
    key: randomBytes(32).toString('base64'),
    createdAt: new Date().toISOString(),
  }
}

/** Writes a whole file that nobody sees under its final name yet. */
async function writeTemporary(path: string, content: KeyFile): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return temporary
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function createFile(directory: string, path: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const temporary = await writeTemporary(path, { version: 1, keys: [newKey()] })
  try {
    // Unlike rename, link does not replace the ring of a process that was faster.
    await link(temporary, path)
    await syncDirectory(directory)
  } catch (error) {
    if (!isError(error, 'EEXIST')) throw error
  } finally {
    await rm(temporary, { force: true })
  }
  return readFile(path, 'utf8')
}

async function addKey(directory: string, path: string): Promise<RingKey[]> {
  const lock = `${path}.lock`
  try {
    // Two rotations at once would each drop the other's key, with all that it had sealed by then.
    await (await open(lock, 'wx', 0o600)).close()
  } catch (error) {
    if (!isError(error, 'EEXIST')) throw error
    throw new Error(`Another rotation is under way; if there is none, delete ${lock}`)
  }
  try {
    const ring = fileShape.parse(JSON.parse(await readFile(path, 'utf8')))
    const temporary = await writeTemporary(path, { ...ring, keys: [newKey(), ...ring.keys] })
    await rename(temporary, path)
    await syncDirectory(directory)
    return parse(path, await readFile(path, 'utf8'))
  } finally {
    await rm(lock, { force: true })
  }
}
