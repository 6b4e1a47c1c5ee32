// What every storage driver must do, as tests. The test functions come as arguments, so that code
// which runs in production never loads a test runner.
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { InvalidPath, RangeNotSatisfiable, type Storage } from './storage.ts'

type TestFunctions = Pick<typeof import('vitest'), 'afterEach' | 'beforeEach' | 'expect' | 'it'> & {
  describe(name: string, tests: () => void): void
}

/** A driver under test, empty at first. */
export interface StorageUnderTest {
  readonly storage: Storage
  /** Whether a URL of `signUrl` is accepted with this method. */
  isAllowed(url: string, method: string): Promise<boolean>
  close(): Promise<void>
}

type Setting = TestFunctions & { readonly current: () => StorageUnderTest }

/** Declares the tests of one driver; `makeDriver` makes a new one for each of them. */
export function storageConformance(
  name: string,
  makeDriver: () => Promise<StorageUnderTest>,
  test: TestFunctions,
): void {
  test.describe(`${name} storage`, () => {
    let driver: StorageUnderTest
    test.beforeEach(async () => {
      driver = await makeDriver()
    })
    test.afterEach(() => driver.close())
    const setting = { ...test, current: () => driver }
    contentTests(setting)
    lifeTests(setting)
    rangeTests(setting)
    pathTests(setting)
    listTests(setting)
    signedUrlTests(setting)
  })
}

const plain = { contentType: 'text/plain' }

async function read(storage: Storage, tenantId: string, path: string): Promise<Buffer | undefined> {
  const object = await storage.get(tenantId, path)
  return object && buffer(object.stream)
}

function pathsOf(list: AsyncIterable<string>): Promise<string[]> {
  return Readable.from(list).toArray()
}

async function* parts(content: Uint8Array, partBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += partBytes) {
    yield content.subarray(start, start + partBytes)
  }
}

async function* broken(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
  throw new Error('the upload broke off')
}

function contentTests({ it, expect, current }: Setting): void {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
    'gives back an object of %d bytes with its size, hash, type and etag',
    async (size) => {
      const { storage } = current()
      const content = randomBytes(size)
      const sha256 = createHash('sha256').update(content).digest('hex')
      const stored = await storage.put('acme', 'a/b.png', content, { contentType: 'image/png' })
      expect(stored).toEqual({ sizeBytes: size, sha256 })
      const head = await storage.head('acme', 'a/b.png')
      expect(head).toEqual({
        sizeBytes: size,
        contentType: 'image/png',
        etag: expect.stringMatching(/^"[^"]+"$/),
      })
      const object = await storage.get('acme', 'a/b.png')
      expect(object).toMatchObject(head ?? {})
      expect(object && (await buffer(object.stream))).toEqual(content)
    },
  )

  it.each([1000, 65_536, 100_000])('takes a stream in parts of %d bytes', async (partBytes) => {
    const { storage } = current()
    const content = randomBytes(300_001)
    const stored = await storage.put('acme', 'file', parts(content, partBytes), plain)
    expect(stored.sizeBytes).toBe(content.length)
    expect(await read(storage, 'acme', 'file')).toEqual(content)
  })

  it('replaces an object, and its etag changes with the content', async () => {
    const { storage } = current()
    await storage.put('acme', 'file', Buffer.from('first'), plain)
    const before = await storage.head('acme', 'file')
    await storage.put('acme', 'file', Buffer.from('second'), plain)
    expect((await read(storage, 'acme', 'file'))?.toString()).toBe('second')
    expect((await storage.head('acme', 'file'))?.etag).not.toBe(before?.etag)
  })
}

function lifeTests({ it, expect, current }: Setting): void {
  it('keeps the earlier object when an upload breaks off', async () => {
    const { storage } = current()
    await storage.put('acme', 'file', Buffer.from('first'), plain)
    const upload = storage.put('acme', 'file', broken(randomBytes(100_000)), plain)
    await expect(upload).rejects.toThrow('broke off')
    expect((await read(storage, 'acme', 'file'))?.toString()).toBe('first')
    await expect(storage.put('acme', 'new', broken(randomBytes(100_000)), plain)).rejects.toThrow(
      'broke off',
    )
    expect(await storage.head('acme', 'new')).toBeUndefined()
  })

  it('knows nothing of what is not there, and deleting it is no error', async () => {
    const { storage } = current()
    expect(await storage.get('acme', 'none/at/all')).toBeUndefined()
    expect(await storage.head('acme', 'none')).toBeUndefined()
    await storage.delete('acme', 'none/at/all')
  })

  it('forgets what was deleted', async () => {
    const { storage } = current()
    await storage.put('acme', 'a/file', Buffer.from('x'), plain)
    await storage.delete('acme', 'a/file')
    expect(await storage.head('acme', 'a/file')).toBeUndefined()
  })

  it('never shows the objects of one tenant to another', async () => {
    const { storage } = current()
    await storage.put('acme', 'file', Buffer.from('x'), plain)
    expect(await storage.get('globex', 'file')).toBeUndefined()
    await storage.delete('globex', 'file')
    expect(await storage.head('acme', 'file')).toBeDefined()
  })
}

function rangeTests({ it, expect, current }: Setting): void {
  it.each([
    [0, 0],
    [0, 65_535],
    [65_535, 65_536],
    [65_536, 131_071],
    [1, 199_998],
    [199_999, 199_999],
    [150_000, 10_000_000],
    [150_000, undefined],
  ])('gives the bytes %d to %d alone', async (start, end) => {
    const { storage } = current()
    const content = randomBytes(200_000)
    await storage.put('acme', 'file', content, plain)
    const range = end === undefined ? { start } : { start, end }
    const object = await storage.get('acme', 'file', { range })
    expect(object?.sizeBytes).toBe(content.length)
    const expected = content.subarray(start, end === undefined ? undefined : end + 1)
    expect(object && (await buffer(object.stream))).toEqual(expected)
  })

  it('refuses a range that begins behind the end', async () => {
    const { storage } = current()
    await storage.put('acme', 'file', Buffer.from('12345'), plain)
    const got = storage.get('acme', 'file', { range: { start: 5 } })
    await expect(got).rejects.toThrow(RangeNotSatisfiable)
    await storage.put('acme', 'empty', Buffer.alloc(0), plain)
    const none = storage.get('acme', 'empty', { range: { start: 0 } })
    await expect(none).rejects.toThrow(RangeNotSatisfiable)
  })

  it('can be left in the middle of a stream', async () => {
    const { storage } = current()
    await storage.put('acme', 'file', randomBytes(500_000), plain)
    const object = await storage.get('acme', 'file')
    for await (const bytes of object?.stream ?? []) {
      expect(bytes.length).toBeGreaterThan(0)
      break
    }
    expect(object?.stream.destroyed).toBe(true)
  })
}

const badPaths = [
  '',
  '/etc/passwd',
  '..',
  'a/../../other/file',
  'a/./b',
  'a//b',
  'a/',
  'a\\..\\b',
  'a\0b',
  'a\nb',
]
const badTenants = ['', '.', '..', '.tmp', 'a/b', '../acme', 'a\0', 'x'.repeat(65)]

function pathTests({ it, expect, current }: Setting): void {
  const bad = [
    ...badPaths.map((path) => ['acme', path] as const),
    ...badTenants.map((tenantId) => [tenantId, 'file'] as const),
  ]

  it.each(bad)('refuses the tenant id %j with the path %j', async (tenantId, path) => {
    const { storage } = current()
    const outcomes = await Promise.allSettled([
      storage.put(tenantId, path, Buffer.from('x'), plain),
      storage.get(tenantId, path),
      storage.head(tenantId, path),
      storage.delete(tenantId, path),
      storage.signUrl(tenantId, path, { expiresAt: new Date(), method: 'GET' }),
    ])
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(InvalidPath) })
    }
  })

  it('refuses paths and segments that are too long, and takes the longest', async () => {
    const { storage } = current()
    const put = (path: string) => storage.put('acme', path, Buffer.from('x'), plain)
    await expect(put(`${'a/'.repeat(512)}b`)).rejects.toThrow(InvalidPath)
    await expect(put('a'.repeat(251))).rejects.toThrow(InvalidPath)
    for (const path of [`${'a/'.repeat(511)}b`, 'a'.repeat(250)]) {
      await put(path)
      expect((await read(storage, 'acme', path))?.toString()).toBe('x')
    }
  })

  it.each(['...', '.hidden', 'a..b', 'Grüße 日本.pdf', 'a%2F..%2Fb', 'q?x=1#y&z'])(
    'takes the path %j',
    async (path) => {
      const { storage } = current()
      await storage.put('acme', path, Buffer.from('x'), plain)
      expect((await read(storage, 'acme', path))?.toString()).toBe('x')
    },
  )

  it('has room for an object and for others below its path', async () => {
    const { storage } = current()
    for (const path of ['a', 'a/b', 'a.o', 'a.d', 'a.d/b', 'a.o/b']) {
      await storage.put('acme', path, Buffer.from(path), plain)
    }
    for (const path of ['a', 'a/b', 'a.o', 'a.d', 'a.d/b', 'a.o/b']) {
      expect((await read(storage, 'acme', path))?.toString()).toBe(path)
    }
  })
}

function listTests({ it, expect, current }: Setting): void {
  it('lists the paths of one tenant below a prefix, in the order of their bytes', async () => {
    const { storage } = current()
    const paths = ['a', 'a-b', 'a/b', 'a/b/c', 'a0', 'b/c', 'b/cd', 'b/d/e', 'ä']
    for (const path of paths.toReversed()) {
      await storage.put('acme', path, Buffer.from('x'), plain)
    }
    await storage.put('globex', 'a/other', Buffer.from('x'), plain)
    const list = (prefix: string) => pathsOf(storage.list('acme', prefix))
    expect(await list('')).toEqual(paths)
    expect(await list('a')).toEqual(['a', 'a-b', 'a/b', 'a/b/c', 'a0'])
    expect(await list('a/')).toEqual(['a/b', 'a/b/c'])
    expect(await list('b/c')).toEqual(['b/c', 'b/cd'])
    expect(await list('b/d/e')).toEqual(['b/d/e'])
    expect(await list('none/of/it')).toEqual([])
    expect(await pathsOf(storage.list('nobody', ''))).toEqual([])
  })

  it.each(['../', '/', 'a/../b', 'a\\b/', 'a//'])('refuses the prefix %j', async (prefix) => {
    const listed = pathsOf(current().storage.list('acme', prefix))
    await expect(listed).rejects.toThrow(InvalidPath)
  })
}

function signedUrlTests({ it, expect, current }: Setting): void {
  const soon = () => new Date(Date.now() + 60_000)

  it('signs a URL for one method, tenant and path', async () => {
    const { storage, isAllowed } = current()
    const sign = (tenantId: string, path: string) =>
      storage.signUrl(tenantId, path, { expiresAt: soon(), method: 'GET' })
    await storage.put('acme', 'a b/ü?.pdf', Buffer.from('x'), plain)
    const url = await sign('acme', 'a b/ü?.pdf')
    expect(await isAllowed(url, 'GET')).toBe(true)
    expect(await isAllowed(url, 'PUT')).toBe(false)
    expect(await isAllowed(url, 'DELETE')).toBe(false)
    const query = url.slice(url.indexOf('?'))
    for (const other of [await sign('globex', 'a b/ü?.pdf'), await sign('acme', 'other')]) {
      const moved = other.slice(0, other.indexOf('?')) + query
      expect(await isAllowed(moved, 'GET')).toBe(false)
    }
  })

  it('signs a URL that ends with its time', async () => {
    const { storage, isAllowed } = current()
    await storage.put('acme', 'file', Buffer.from('x'), plain)
    const expiresAt = new Date(Date.now() - 1000)
    const url = await storage.signUrl('acme', 'file', { expiresAt, method: 'GET' })
    expect(await isAllowed(url, 'GET')).toBe(false)
  })
}
