import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyRing, UnknownKey } from '../key-ring/index.ts'
import { storageConformance } from './conformance.ts'
import { createDirectoryStorage } from './directory.ts'
import { DamagedObject } from './storage.ts'

const run = promisify(execFile)
const oldKey = { id: 'k1', key: randomBytes(32) }
const newKey = { id: 'k2', key: randomBytes(32) }
const keyRing = createKeyRing([oldKey])
const baseUrl = '/files'
const plain = { contentType: 'text/plain' }
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'))
})
afterEach(() => rm(directory, { recursive: true }))

const pathsOf = (list: AsyncIterable<string>) => Readable.from(list).toArray()
const make = (encrypt: boolean, ring = keyRing) =>
  createDirectoryStorage({ directory, keyRing: ring, encrypt, baseUrl })

for (const [name, encrypt] of [
  ['plain directory', false],
  ['encrypted directory', true],
] as const) {
  storageConformance(
    name,
    async () => {
      const storage = await make(encrypt)
      return {
        storage,
        isAllowed: async (url, method) => storage.verifySignedUrl(url, method) !== undefined,
        close: async () => {
          expect(await readdir(join(directory, '.tmp'))).toEqual([])
        },
      }
    },
    { describe, it, expect, beforeEach, afterEach },
  )
}

describe('an upload into a directory', () => {
  it('is not visible before it is complete', async () => {
    const storage = await make(false)
    async function* slowly() {
      yield randomBytes(200_000)
      expect(await storage.head('acme', 'file')).toBeUndefined()
      expect(await pathsOf(storage.list('acme', ''))).toEqual([])
      yield randomBytes(10)
    }
    await storage.put('acme', 'file', slowly(), plain)
    expect(await storage.head('acme', 'file')).toMatchObject({ sizeBytes: 200_010 })
  })

  it('that the disk has no room for leaves nothing behind', async () => {
    const programUrl = (name: string) => new URL(name, import.meta.url).href
    const program = `
      import { createKeyRing } from '${programUrl('../key-ring/index.ts')}'
      import { createDirectoryStorage } from '${programUrl('./directory.ts')}'
      const storage = await createDirectoryStorage({
        directory: process.argv[1],
        keyRing: createKeyRing([{ id: 'k1', key: new Uint8Array(32) }]),
        encrypt: true,
        baseUrl: '',
      })
      const upload = storage.put('acme', 'file', Buffer.alloc(1e6), { contentType: 'text/plain' })
      await upload.catch((error) => console.log(error.code))`
    // A limit on the size of files fails in the middle of a write, as a full disk does.
    const limited = 'ulimit -f 200; exec "$@"'
    const args = [process.execPath, '--input-type=module', '-e', program, directory]
    const { stdout } = await run('sh', ['-c', limited, 'sh', ...args])
    expect(stdout).toBe('EFBIG\n')
    expect(await readdir(directory)).toEqual(['.tmp'])
    expect(await readdir(join(directory, '.tmp'))).toEqual([])
  })

  it('that a process left unfinished is removed a day later', async () => {
    await make(false)
    const [abandoned, recent] = ['abandoned', 'recent'].map((n) => join(directory, '.tmp', n))
    for (const path of [abandoned, recent]) await writeFile(path ?? '', 'x')
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600
    await utimes(abandoned ?? '', twoDaysAgo, twoDaysAgo)
    await make(false)
    expect(await readdir(join(directory, '.tmp'))).toEqual(['recent'])
  })

  it('does not follow symbolic links, and neither does anything else', async () => {
    const storage = await make(false)
    await storage.put('acme', 'secret', Buffer.from('of acme'), plain)
    const outside = await mkdtemp(join(tmpdir(), 'outside-'))
    try {
      await mkdir(join(directory, 'globex'))
      await symlink(outside, join(directory, 'globex', 'a.d'))
      await symlink(join(directory, 'acme', 'secret.o'), join(directory, 'globex', 'b.o'))
      await symlink(join(directory, 'acme'), join(directory, 'initech'))
      const upload = storage.put('globex', 'a/file', Buffer.from('x'), plain)
      await expect(upload).rejects.toThrow('in the way')
      expect(await readdir(outside)).toEqual([])
      expect(await storage.get('globex', 'b')).toBeUndefined()
      expect(await storage.get('initech', 'secret')).toBeUndefined()
      expect(await pathsOf(storage.list('initech', ''))).toEqual([])
      expect(await pathsOf(storage.list('globex', ''))).toEqual([])
      await storage.delete('initech', 'secret')
      expect(await storage.head('acme', 'secret')).toBeDefined()
    } finally {
      await rm(outside, { recursive: true })
    }
  })
})

describe('an encrypted object', () => {
  const file = () => join(directory, 'acme', 'file.o')
  const content = Buffer.from('personal '.repeat(30_000))
  const chunk = 65_536 + 16

  async function setUp() {
    const storage = await make(true)
    await storage.put('acme', 'file', content, { contentType: 'text/x-personal' })
    const readAll = async () => {
      const object = await storage.get('acme', 'file')
      return object && buffer(object.stream)
    }
    const change = async (edit: (bytes: Buffer) => Buffer | undefined) => {
      const bytes = await readFile(file())
      await writeFile(file(), edit(bytes) ?? bytes)
    }
    return { storage, readAll, change }
  }

  it('shows neither its content nor its type in its file', async () => {
    await setUp()
    expect((await readFile(file())).includes('personal')).toBe(false)
  })

  it('that was cut does not open', async () => {
    const { readAll } = await setUp()
    await truncate(file(), 1024 + 2 * chunk)
    await expect(readAll()).rejects.toThrow(DamagedObject)
    await truncate(file(), 100)
    await expect(readAll()).rejects.toThrow(DamagedObject)
  })

  it.each([0, 4, 6, 50, 1024, 1024 + chunk + 5, 1024 + 2 * chunk - 1])(
    'whose byte %d was changed does not open',
    async (position) => {
      const { readAll, change } = await setUp()
      await change((bytes) => {
        bytes[position] = (bytes[position] ?? 0) ^ 1
        return undefined
      })
      await expect(readAll()).rejects.toThrow(DamagedObject)
    },
  )

  it('whose chunks changed places does not open', async () => {
    const { readAll, change } = await setUp()
    await change((bytes) =>
      Buffer.concat([
        bytes.subarray(0, 1024),
        bytes.subarray(1024 + chunk, 1024 + 2 * chunk),
        bytes.subarray(1024, 1024 + chunk),
        bytes.subarray(1024 + 2 * chunk),
      ]),
    )
    await expect(readAll()).rejects.toThrow(DamagedObject)
  })

  it('that was moved to another path or tenant does not open', async () => {
    const { storage } = await setUp()
    await copyFile(file(), join(directory, 'acme', 'other.o'))
    await mkdir(join(directory, 'globex'))
    await rename(file(), join(directory, 'globex', 'file.o'))
    await expect(storage.head('acme', 'other')).rejects.toThrow(DamagedObject)
    await expect(storage.get('globex', 'file')).rejects.toThrow(DamagedObject)
  })

  it('opens after a rotation, and says which key is missing when it is', async () => {
    await setUp()
    const rotated = await make(false, createKeyRing([newKey, oldKey]))
    expect(await rotated.head('acme', 'file')).toMatchObject({ sizeBytes: content.length })
    const without = await make(true, createKeyRing([newKey]))
    await expect(without.get('acme', 'file')).rejects.toThrow(UnknownKey)
  })
})

describe('a plain object', () => {
  it('that was cut is told from a whole one', async () => {
    const storage = await make(false)
    await storage.put('acme', 'file', randomBytes(1000), plain)
    await truncate(join(directory, 'acme', 'file.o'), 1500)
    await expect(storage.get('acme', 'file')).rejects.toThrow(DamagedObject)
  })
})

describe('a signed URL', () => {
  const sign = async (method: 'GET' | 'PUT' = 'GET', ring = keyRing) => {
    const storage = await make(false, ring)
    const expiresAt = new Date(Date.now() + 60_000)
    return storage.signUrl('acme', 'a b/c', { expiresAt, method })
  }

  it('says what it allows', async () => {
    const storage = await make(false)
    const allowed = { tenantId: 'acme', path: 'a b/c' }
    const url = await sign()
    expect(url).toMatch(/^\/files\/acme\/a%20b\/c\?expires=\d+&key=k1&signature=[\w-]{43}$/)
    expect(storage.verifySignedUrl(url, 'GET')).toEqual({ ...allowed, method: 'GET' })
    expect(storage.verifySignedUrl(url, 'HEAD')).toEqual({ ...allowed, method: 'GET' })
    const upload = await sign('PUT')
    expect(storage.verifySignedUrl(upload, 'PUT')).toEqual({ ...allowed, method: 'PUT' })
    expect(storage.verifySignedUrl(upload, 'GET')).toBeUndefined()
  })

  it.each([
    ['a later end', (url: string) => url.replace(/expires=\d+/, 'expires=99999999999')],
    ['an end that is no number', (url: string) => url.replace(/expires=\d+/, 'expires=soon')],
    ['no signature', (url: string) => url.replace(/signature=.*/, '')],
    ['a changed signature', (url: string) => url.replace(/signature=.{4}/, 'signature=AAAA')],
    ['an unknown key', (url: string) => url.replace('key=k1', 'key=k9')],
    ['another base', (url: string) => url.replace('/files/', '/other/')],
    ['a hidden slash', (url: string) => url.replace('b/c', 'b%2Fc')],
    ['a step up', (url: string) => url.replace('/acme/', '/acme/x/%2E%2E/')],
    ['a broken escape', (url: string) => url.replace('%20', '%2')],
  ])('with %s allows nothing', async (_case, change) => {
    const storage = await make(false)
    expect(storage.verifySignedUrl(change(await sign()), 'GET')).toBeUndefined()
  })

  it('of before a rotation is still good', async () => {
    const url = await sign()
    const rotated = await make(false, createKeyRing([newKey, oldKey]))
    expect(rotated.verifySignedUrl(url, 'GET')).toBeDefined()
  })
})
