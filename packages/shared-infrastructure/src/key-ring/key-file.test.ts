import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadKeyRing } from './key-file.ts'
import { UnknownKey } from './key-ring.ts'

const run = promisify(execFile)
const text = Buffer.from('secret')
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'key-ring-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('the stored key ring', () => {
  it('is created once, for its owner alone, and is the same after a restart', async () => {
    const inner = join(directory, 'a', 'b')
    const sealed = (await loadKeyRing({ directory: inner })).seal(text, 'c')
    const opened = (await loadKeyRing({ directory: inner })).open(sealed, 'c')
    expect(Buffer.compare(opened, text)).toBe(0)
    expect((await stat(join(inner, 'key-ring.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(inner)).toEqual(['key-ring.json'])
  })

  it('is one ring when many start at once', async () => {
    const rings = await Promise.all(Array.from({ length: 20 }, () => loadKeyRing({ directory })))
    expect(new Set(rings.flatMap((ring) => ring.keyIds)).size).toBe(1)
    expect(await readdir(directory)).toEqual(['key-ring.json'])
  })

  it('is one ring when two processes start at once', async () => {
    const modulePath = new URL('./key-file.ts', import.meta.url).href
    const program = `
      import { loadKeyRing } from '${modulePath}'
      console.log((await loadKeyRing({ directory: process.argv[1] })).keyIds.join())`
    const start = () => run(process.execPath, ['--input-type=module', '-e', program, directory])
    const [first, second] = await Promise.all([start(), start()])
    expect(first.stdout).toMatch(/^[0-9a-f]{12}\n$/)
    expect(second.stdout).toBe(first.stdout)
  })

  it('seals under a new key after a rotation and opens what is older', async () => {
    const ring = await loadKeyRing({ directory })
    const [firstId] = ring.keyIds
    const sealed = ring.seal(text, 'c')
    await ring.rotate()
    expect(ring.keyIds).toHaveLength(2)
    expect(ring.keyIds[1]).toBe(firstId)
    expect(Buffer.compare(ring.open(sealed, 'c'), text)).toBe(0)
    expect((await loadKeyRing({ directory })).keyIds).toEqual(ring.keyIds)
    expect((await stat(join(directory, 'key-ring.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['key-ring.json'])
  })

  it('opens what another process sealed after it had rotated', async () => {
    const here = await loadKeyRing({ directory })
    const there = await loadKeyRing({ directory })
    await there.rotate()
    expect(Buffer.compare(here.open(there.seal(text, 'c'), 'c'), text)).toBe(0)
    expect(here.keyIds).toEqual(there.keyIds)
  })

  it('does not read its file for every unknown key', async () => {
    const ring = await loadKeyRing({ directory })
    const stranger = Uint8Array.from([1, 2, 0x78, 0x78, ...new Uint8Array(40)])
    expect(() => ring.open(stranger, 'c')).toThrow(UnknownKey)
    await rm(join(directory, 'key-ring.json'))
    expect(() => ring.open(stranger, 'c')).toThrow(UnknownKey)
  })

  it('loses no key when several rotate at once', async () => {
    const ring = await loadKeyRing({ directory })
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => ring.rotate()))
    const rotated = outcomes.filter((outcome) => outcome.status === 'fulfilled').length
    expect(rotated).toBeGreaterThan(0)
    expect((await loadKeyRing({ directory })).keyIds).toHaveLength(1 + rotated)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('under way')
    }
  })

  it.each(['', '{', '{"version":2,"keys":[]}', '{"version":1,"keys":[]}'])(
    'that cannot be read (%s) stops the start and stays as it is',
    async (content) => {
      const path = join(directory, 'key-ring.json')
      await writeFile(path, content)
      await expect(loadKeyRing({ directory })).rejects.toThrow('is not a key ring')
      expect(await readFile(path, 'utf8')).toBe(content)
    },
  )
})
