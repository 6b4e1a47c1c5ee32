import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { keepReleases, releasedFolder } from '../packages/cli/src/released-schemas.ts'
import { type EventContract, event, upcaster } from '../packages/contracts/src/index.ts'
import { readHistory } from './released-schemas/history.ts'
import { judgeReleases, type Releases } from './released-schemas.ts'
import { readTree } from './tidy/tree.ts'

const pot1 = event('pot.made', 1, z.object({ potId: z.string(), size: z.int() }), {
  key: 'potId',
  example: { potId: 'p', size: 3 },
})
const pot2 = event('pot.made', 2, z.object({ potId: z.string(), sizeCm: z.int() }), {
  key: 'potId',
  example: { potId: 'p', sizeCm: 3 },
  upcaster: upcaster(pot1, ({ potId, size }) => ({ potId, sizeCm: size })),
})
const lid1 = event('lid.lost', 1, z.object({ lidId: z.string() }), {
  key: 'lidId',
  example: { lidId: 'l' },
})
const all = [pot2, lid1]

const source = `// event('comment.seen', 1) is no event
const pot1 = event('pot.made', 1, {})
const pot2 = event(
  'pot.made',
  2, {})
const lid1 = event('lid.lost', 1, {})
`

/** A checkout in which the events were released and committed. */
function createCheckout(events: readonly EventContract[] = all): string {
  const root = mkdtempSync(join(tmpdir(), 'released-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  execFileSync('git', ['init', '--quiet', root])
  mkdirSync(join(root, 'packages/contracts/src/pot'), { recursive: true })
  writeFileSync(join(root, 'packages/contracts/src/pot/events.ts'), source)
  writeFileSync(join(root, '.gitignore'), 'node_modules/\n')
  keepReleases(root, events)
  commit(root)
  return root
}

function commit(root: string): void {
  execFileSync('git', ['add', '--all'], { cwd: root })
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  execFileSync('git', [...who, 'commit', '--quiet', '-m', 'a change'], { cwd: root })
}

const fileIn = (root: string, name: string) => join(root, releasedFolder, name)

/** What the gate says, as `file sentence`. */
function sayings(
  root: string,
  events: readonly EventContract[] = all,
  withdrawn: Releases['withdrawn'] = {},
): string[] {
  const history = readHistory(root, releasedFolder)
  const { findings } = judgeReleases({ events, tree: readTree(root), history, withdrawn })
  return findings.map(({ file, message }) => `${file.split('/').at(-1)} ${message}`)
}

test('what was released and is as it was is in order', () => {
  const root = createCheckout()
  expect(sayings(root)).toEqual([])
  expect(keepReleases(root, all)).toEqual([])
})

test('a version that is not released is named, with the command that does it', () => {
  const root = createCheckout([pot2])
  expect(sayings(root)).toEqual([
    'lid.lost.1.json lid.lost of version 1 is not released: run `npm run prog -- schemas release`',
  ])
  expect(keepReleases(root, all)).toEqual(['lid.lost.1.json'])
  expect(sayings(root)).toEqual([])
})

test('a schema that is another now is named field by field, in old versions too', () => {
  const root = createCheckout()
  const lid = event('lid.lost', 1, z.object({ lidId: z.int(), at: z.string() }), {
    key: 'lidId',
    example: { lidId: 1, at: '' },
  })
  const old = event('pot.made', 1, pot1.data.partial({ size: true }), {
    key: 'potId',
    example: pot1.example,
  })
  const pot = { ...pot2, upcaster: upcaster(old, ({ potId }) => ({ potId, sizeCm: 0 })) }
  const found = sayings(root, [pot, lid])
  expect(found[0]).toBe(
    'pot.made.1.json pot.made of version 1 was released and is another now: ' +
      '/required no longer has "size"; make a new version with an upcaster',
  )
  expect(found.slice(1).map((one) => one.replace(/^.*now: (.*); make.*$/, '$1'))).toEqual([
    '/properties/lidId/type was "string" and is "integer"',
    '/properties/lidId/minimum was not there and is -9007199254740991',
    '/properties/lidId/maximum was not there and is 9007199254740991',
    '/properties/at was not there and is {"type":"string"}',
    '/required has "at" besides',
    expect.stringMatching(/^lid.lost.1.json version 1 does not read the released example: /),
  ])
})

test('a released file that was removed is missed, committed or not', () => {
  const root = createCheckout()
  rmSync(fileIn(root, 'lid.lost.1.json'))
  const removed = 'lid.lost.1.json it was released and has been removed; the log may hold it'
  expect(sayings(root, [pot2])).toContain(removed)
  commit(root)
  expect(sayings(root, [pot2])).toContain(removed)
  expect(sayings(root)).toContain(removed)
  const reasons = { 'lid.lost.1.json': 'nothing was ever logged' }
  expect(sayings(root, [pot2], reasons).join()).not.toContain('removed')
})

test('a released file that was changed together with its event is noticed', () => {
  const root = createCheckout()
  const lid = event('lid.lost', 1, z.object({ lidId: z.string(), at: z.string() }), {
    key: 'lidId',
    example: { lidId: 'l', at: '' },
  })
  rmSync(fileIn(root, 'lid.lost.1.json'))
  keepReleases(root, [lid])
  const changed =
    'lid.lost.1.json it was changed after it was released; take that back and make a new version with an upcaster'
  expect(sayings(root, [pot2, lid])).toEqual([changed])
  commit(root)
  expect(sayings(root, [pot2, lid])).toEqual([changed])
})

test('a released file of no event is named, and one that is no release', () => {
  const root = createCheckout()
  expect(sayings(root, [pot2])).toContain(
    'lid.lost.1.json lid.lost of version 1 was released and there is no such event any more',
  )
  expect(sayings(root, [pot1, lid1])).toContain(
    'pot.made.2.json pot.made of version 2 was released and there is no such event any more',
  )
  writeFileSync(fileIn(root, 'cup.made.1.json'), '{')
  const lid = readFileSync(fileIn(root, 'lid.lost.1.json'), 'utf8')
  writeFileSync(fileIn(root, 'lid.found.1.json'), lid)
  expect(sayings(root).sort()).toEqual([
    'cup.made.1.json it is not type, version, schema and example as `prog schemas release` writes them',
    'lid.found.1.json it holds lid.lost of version 1, so its name is lid.lost.1.json',
  ])
})

test('a version without an upcaster, or with one from elsewhere, is named', () => {
  const root = createCheckout()
  const { upcaster: _, ...alone } = pot2
  const found = sayings(root, [alone, lid1])
  expect(found).toContain('pot.made.2.json pot.made of version 2 has no upcaster from 1')
  expect(found).toContain(
    'pot.made.1.json version 2 does not read the released example: ' +
      'pot.made of version 1 cannot be read by version 2: no upcaster leads there',
  )
  const crossed = { ...pot2, upcaster: upcaster(lid1, () => pot2.example) }
  expect(sayings(root, [crossed, lid1])).toContain(
    'pot.made.2.json the upcaster of pot.made of version 2 is from lid.lost of version 1',
  )
})

test('an upcaster that does not read a released example is named', () => {
  const root = createCheckout()
  const wrong = {
    ...pot2,
    upcaster: upcaster(pot1, ({ potId }) => ({ potId, sizeCm: Number.NaN })),
  }
  expect(sayings(root, [wrong, lid1])).toEqual([
    expect.stringMatching(/^pot.made.1.json version 2 does not read the .*"sizeCm"/),
  ])
})

test('an event that is declared and was not seen is named, and so is a tree without any', () => {
  const root = createCheckout()
  rmSync(fileIn(root, 'pot.made.1.json'))
  const found = sayings(root, [lid1])
  expect(found).toContain(
    'events.ts pot.made of version 1 is published by no service, and no newer version reads it',
  )
  expect(found).toContain(
    'events.ts pot.made of version 2 is published by no service, and no newer version reads it',
  )
  writeFileSync(join(root, 'packages/contracts/src/pot/events.ts'), '')
  expect(sayings(root)).toContain('released no event was seen in the contracts')
})

test('outside a checkout the rest is judged as well', () => {
  const root = createCheckout()
  rmSync(join(root, '.git'), { recursive: true })
  expect(readHistory(root, releasedFolder)).toBeUndefined()
  expect(sayings(root)).toEqual([])
  expect(sayings(root, [lid1])).toContain(
    'pot.made.2.json pot.made of version 2 was released and there is no such event any more',
  )
})
