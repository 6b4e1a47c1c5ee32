// biome-ignore-all lint/style/noProcessEnv: the packages that read the environment may not be installed yet
// The first step of every command: makes node_modules right, then hands over to the pinned Node.
// Plain JavaScript for Node 20 and later; must never import a dependency, and writes to stderr
// only, so that the output of the command stays its own.
import { spawn } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { constants as system } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const main = 'packages/cli/src/main.ts'
const commands = {
  up: { target: main, words: ['up'], dev: false },
  prog: { target: main, words: [], dev: false },
  dev: { target: main, words: ['dev'], dev: true },
  demo: { target: main, words: ['demo'], dev: false },
  bench: { target: main, words: ['bench'], dev: true },
  crash: { target: main, words: ['crash'], dev: true },
  check: { target: 'tools/check.ts', words: [], dev: true },
  test: { target: 'tools/test.ts', words: [], dev: true },
  tour: { target: 'tools/tour.ts', words: [], dev: true },
}
// npm passes a signal on to its child although the terminal has sent it there already.
const sameSignalMs = 1_000

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function refuseUnfitMachine() {
  if (process.platform === 'win32') {
    fail('ProgNetwork runs on Linux and macOS. On Windows, run the same command inside WSL 2.')
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`ProgNetwork needs Node 20 or later for its first step; this is ${process.version}.`)
  }
}

function pinnedVersion() {
  const manifest = join(root, 'node_modules', 'node', 'package.json')
  try {
    return JSON.parse(readFileSync(manifest, 'utf8')).version
  } catch {
    return fail(
      'The dependency `node` is not installed, which pins the Node that ProgNetwork runs on.\n' +
        'Delete the folder node_modules and run the command again.',
    )
  }
}

function pinnedBinary() {
  for (const place of ['node_modules/.bin/node', 'node_modules/node/bin/node']) {
    try {
      accessSync(join(root, place), constants.X_OK)
      return join(root, place)
    } catch {}
  }
  return null
}

function putFirstInPath(binary) {
  const folder = dirname(binary)
  const others = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== folder)
  process.env.PATH = [folder, ...others].join(delimiter)
}

/** Passes stop signals on to `child` and ends as it ends: its code, or 128 + its signal. */
function followChild(child) {
  const passedAt = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now()
      if (now - (passedAt.get(signal) ?? -sameSignalMs) < sameSignalMs) return
      passedAt.set(signal, now)
      child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + system.signals[signal]))
}

async function handOver(target, words) {
  const wanted = pinnedVersion()
  const binary = pinnedBinary()
  if (process.versions.node.split('.')[0] === wanted.split('.')[0]) {
    putFirstInPath(binary ?? process.execPath)
    process.argv = [process.execPath, target, ...words]
    await import(pathToFileURL(target).href)
    return
  }
  if (!binary) {
    fail(
      `Node ${wanted} is not in node_modules: its install script did not run, as happens when npm\n` +
        'is set to ignore scripts. Run `npm rebuild node --ignore-scripts=false` and then this\n' +
        `command again, or put any Node ${wanted.split('.')[0]} first in PATH.`,
    )
  }
  putFirstInPath(binary)
  // The channel carries nothing. It closes when this process dies, however it dies.
  followChild(
    spawn(binary, [target, ...words], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }),
  )
}

refuseUnfitMachine()
const [name, ...rest] = process.argv.slice(2)
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
if (!command) {
  fail(`usage: node tools/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]`, 2)
}
const { ensureInstalled } = await import('./bootstrap-install.mjs')
await ensureInstalled(root, command.dev)
await handOver(join(root, command.target), [...command.words, ...rest])
