import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { environment } from '../packages/environment-configuration/src/index.ts'
import { root } from './command.ts'

/** Runs the tests of a folder with these files, as `npm test` would. */
function runTests(files: Record<string, string>, ci: string, ...words: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tests-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { test, expect, describe } from 'vitest'\n${text}`)
  }
  const own = Object.entries(environment).filter(([key]) => !/^VITEST|^NODE_ENV$/.test(key))
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'test.ts'), '--root', folder, ...words],
    { encoding: 'utf8', env: { ...Object.fromEntries(own), CI: ci } },
  )
  return { status, lines: stdout.trimEnd().split('\n') }
}

const mixed = {
  'good.test.js': `test('one', () => {}); test('two', () => {})`,
  'skipping.test.js': `test('left', (context) => context.skip('no server here')); test.skip('out', () => {})`,
}

test('every kind of failure is counted, and the last line says so', () => {
  const { status, lines } = runTests(
    {
      ...mixed,
      'bad.test.js': `test('fails', () => expect(1).toBe(2))`,
      'broken.test.js': `throw new Error('does not load')`,
      'group.test.js': `import { beforeAll } from 'vitest'
        describe('group', () => { beforeAll(() => { throw new Error('no') }); test('never', () => {}) })`,
    },
    '',
  )
  expect(lines.at(-1)).toBe('2 passed, 3 failed')
  expect(status).toBe(1)
}, 60_000)

test('what was left out is told with its reason, and only CI makes it a failure', () => {
  const here = runTests(mixed, '')
  expect(here.lines).toContain('  skipping.test.js > left (no server here)')
  expect(here.lines.at(-1)).toBe('2 passed, 0 failed')
  expect(here.status).toBe(0)
  const strict = runTests(mixed, 'true')
  expect(strict.lines.at(-1)).toBe('2 passed, 2 failed')
  expect(strict.status).toBe(1)
}, 60_000)

test('arguments choose tests, and choosing none of them fails', () => {
  expect(runTests(mixed, 'true', '-t', 'one')).toMatchObject({ status: 0 })
  const none = runTests(mixed, '', 'nothing-of-this-name')
  expect(none.lines.at(-1)).toBe('0 passed, 1 failed')
  expect(none.status).toBe(1)
}, 60_000)

test('an error that no test caught fails the run', () => {
  const late = `test('one', async () => { void Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 50)) })`
  const { status, lines } = runTests({ 'late.test.js': late }, '')
  expect(lines.at(-1)).toBe('1 passed, 1 failed')
  expect(status).toBe(1)
}, 60_000)
