import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { environment } from '../packages/environment-configuration/src/index.ts'

vi.setConfig({ testTimeout: 120_000 })

const here = process.versions.node
const other = `${Number(here.split('.')[0]) + 1}.0.0`
const sayings = `
  const say = (text) => process.stdout.write(text + '\\n')
  say([process.pid, process.channel ? 'spawned' : 'in place', ...process.argv.slice(2)].join(' '))
`

/**
 * A tree that needs no network: its pinned Node is a folder beside it, of the version `pinned`,
 * which runs the Node of this test. What the commands lead to is `target`.
 */
function createTree(pinned: string, target = sayings): string {
  const root = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode })
  }
  write('package.json', JSON.stringify({ type: 'module', dependencies: { node: 'file:./pinned' } }))
  write('.npmrc', 'audit=false\nfund=false\nupdate-notifier=false\noffline=true\n')
  const manifest = { name: 'node', version: pinned, bin: { node: 'bin/node' } }
  write('pinned/package.json', JSON.stringify(manifest))
  write('pinned/bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755)
  for (const path of ['packages/cli/src/main.ts', 'tools/check.ts', 'tools/test.ts'])
    write(path, target)
  for (const name of ['bootstrap.mjs', 'bootstrap-install.mjs', 'bootstrap-lock.mjs']) {
    cpSync(join(import.meta.dirname, name), join(root, 'tools', name))
  }
  return root
}

interface Running {
  readonly child: ChildProcess
  /** All that was written so far, to both outputs. */
  readonly output: () => string
  readonly ended: Promise<number | null>
}

function start(root: string, ...words: string[]): Running {
  // What the npm around this test has set is about another tree.
  const own = Object.entries(environment).filter(([key]) => !key.startsWith('npm_'))
  const child = spawn(process.execPath, [join(root, 'tools/bootstrap.mjs'), ...words], {
    env: Object.fromEntries(own),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code) }
}

async function run(root: string, ...words: string[]) {
  const running = start(root, ...words)
  return { code: await running.ended, output: running.output() }
}

const waitFor = (running: Running, text: string) =>
  vi.waitFor(() => expect(running.output()).toContain(text), { timeout: 60_000 })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const leftovers = (root: string) =>
  readdirSync(join(root, 'node_modules')).filter((name) => name.startsWith('.prognetwork'))

test('the first start installs and says so, the next one goes straight on', async () => {
  const root = createTree(here)
  const first = await run(root, 'up', '--only', 'x')
  expect(first.output).toMatch(
    /^Installing what ProgNetwork needs.*\n(.*\n)*Installed in \d+ s\.\n/,
  )
  expect(first.output).toMatch(/ in place up --only x\n$/)
  const second = await run(root, 'prog', 'status')
  expect(second).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^\d+ in place status\n$/),
  })
  expect(leftovers(root)).toEqual(['.prognetwork-stamp.json'])
})

test('what was installed without development tools is completed for the tests, and stays so', async () => {
  const root = createTree(here)
  await run(root, 'up')
  expect((await run(root, 'test')).output).toContain('Bringing the installed packages up to date')
  expect((await run(root, 'up')).output).not.toContain('nstall')
  writeFileSync(join(root, 'package-lock.json'), '{ "lockfileVersion": 3 }')
  await run(root, 'up')
  expect(
    JSON.parse(readFileSync(join(root, 'node_modules/.prognetwork-stamp.json'), 'utf8')),
  ).toMatchObject({ dev: true })
})

test('a changed package.json or an install by hand is noticed', async () => {
  const root = createTree(here)
  await run(root, 'up')
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(root, 'package.json'), JSON.stringify({ ...manifest, version: '2.0.0' }))
  expect((await run(root, 'up')).output).toContain('up to date')
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}')
  expect((await run(root, 'up')).output).toContain('up to date')
  expect((await run(root, 'up')).output).not.toContain('up to date')
})

test('another Node than the pinned one hands over to it, first in PATH, and ends as it ends', async () => {
  const target = `${sayings}; say(process.env.PATH); process.exit(Number(process.argv[3] ?? 0))`
  const root = createTree(other, target)
  const { code, output } = await run(root, 'bench', '7')
  expect(code).toBe(7)
  expect(output).toContain(' spawned bench 7\n')
  expect(output).toContain(`\n${join(root, 'node_modules/.bin')}:`)
})

test('a command killed by a signal ends with 128 and the number of the signal', async () => {
  const root = createTree(other, `process.kill(process.pid, 'SIGKILL')`)
  expect((await run(root, 'up')).code).toBe(137)
})

test('a signal is passed on once, and the farewell of the command is waited for', async () => {
  const target = `${sayings}
    setInterval(() => {}, 1000)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
      say('got ' + signal)
      setTimeout(() => process.exit(5), 300)
    })`
  const root = createTree(other, target)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const running = start(root, 'up')
    await waitFor(running, 'spawned up')
    running.child.kill(signal)
    await sleep(50)
    running.child.kill(signal)
    expect(await running.ended).toBe(5)
    expect(running.output().split(`got ${signal}`)).toHaveLength(2)
  }
})

test('the command can stop when bootstrap is killed', async () => {
  const target = `${sayings}; setInterval(() => {}, 1000); process.on('disconnect', () => process.exit())`
  const running = start(createTree(other, target), 'up')
  await waitFor(running, 'spawned up')
  const pid = Number(/(\d+) spawned/.exec(running.output())?.[1])
  expect(isAlive(pid)).toBe(true)
  running.child.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
})

test('of two starts at once one installs and the other waits', async () => {
  const root = createTree(here)
  const both = await Promise.all([run(root, 'up', 'one'), run(root, 'up', 'two')])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  const outputs = both.map(({ output }) => output).sort()
  expect(outputs[0]).toContain('Another start is installing here already')
  expect(outputs[0]).not.toContain('Installed in')
  expect(outputs[1]).toContain('Installed in')
  expect(leftovers(root)).toEqual(['.prognetwork-stamp.json'])
})

test('the lock of a start that was killed is taken over', async () => {
  const root = createTree(here)
  mkdirSync(join(root, 'node_modules'))
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { takeLock } from ${JSON.stringify(join(root, 'tools/bootstrap-lock.mjs'))}
     await takeLock(${JSON.stringify(join(root, 'node_modules/.prognetwork-lock'))}, () => {})
     process.stdout.write('held')`,
  ])
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const running = start(root, 'up')
  await waitFor(running, 'Another start is installing')
  holder.kill('SIGKILL')
  expect(await running.ended).toBe(0)
  expect(running.output()).toContain('Installed in')
})

test('a start that is stopped while installing leaves neither stamp nor lock', async () => {
  const root = createTree(here)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const slow = { ...manifest, scripts: { install: 'touch started && sleep 2' } }
  writeFileSync(join(root, 'package.json'), JSON.stringify(slow))
  const running = start(root, 'up')
  await vi.waitFor(() => expect(existsSync(join(root, 'started'))).toBe(true), { timeout: 60_000 })
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(143)
  expect(running.output()).toContain('Stopped while installing')
  expect(leftovers(root)).toEqual([])
})

test('an install that fails shows the last lines of npm and a mend, and leaves no stamp', async () => {
  const root = createTree(here)
  const manifest = { dependencies: { 'not-in-any-cache-of-this-machine': '1.0.0' } }
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest))
  const { code, output } = await run(root, 'up')
  expect(code).toBe(1)
  expect(output).toContain('npm could not install what ProgNetwork needs')
  expect(output).toContain('ENOTCACHED')
  expect(output).toContain('The package registry could not be reached')
  expect(leftovers(root)).toEqual([])
})

test('without the pinned Node the mend is told', async () => {
  const root = createTree(other)
  rmSync(join(root, 'pinned/bin'), { recursive: true })
  const { code, output } = await run(root, 'up')
  expect(code).toBe(1)
  expect(output).toContain('npm rebuild node --ignore-scripts=false')
})

test('a command that does not exist is answered with those that do', async () => {
  const root = createTree(here)
  for (const words of [[], ['constructor']]) {
    const { code, output } = await run(root, ...words)
    expect(code).toBe(2)
    expect(output).toContain('up|prog|dev|demo|bench|crash|check|test')
  }
  expect(existsSync(join(root, 'node_modules'))).toBe(false)
})
