// biome-ignore-all lint/style/noProcessEnv: the packages that read the environment may not be installed yet
// Brings node_modules to what package.json and package-lock.json say, at most once for each change
// of them. Its record is the stamp: no stamp, or another one, means that npm has to run.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { constants as system } from 'node:os'
import { basename, join } from 'node:path'
import { takeLock } from './bootstrap-lock.mjs'

const keptLines = 25
const beatMs = process.stderr.isTTY ? 1_000 : 10_000
// These say that the lockfile names a package this registry does not have.
const lockfileUnfit = /\b(E404|ETARGET|ENOVERSIONS|EUSAGE|EBADPLATFORM)\b/
const mends = [
  [
    /\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/,
    'The package registry could not be reached: check the network, the proxy, and `npm config get registry`.',
  ],
  [
    /\b(EACCES|EPERM|EROFS)\b/,
    'A folder could not be written: check who owns this folder and the npm cache.',
  ],
  [/\bENOSPC\b/, 'The disk is full: about 1 GB is needed.'],
  [
    /\bEINTEGRITY\b/,
    'A package differs from what package-lock.json records: run `npm cache clean --force`, and if it stays, do not trust the registry.',
  ],
  [
    /\b(E401|E403|ENEEDAUTH)\b/,
    'The package registry refuses: check its credentials in the npm configuration.',
  ],
]

function say(text) {
  process.stderr.write(`${text}\n`)
}

const digest = (text) => createHash('sha256').update(text).digest('hex')

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

function manifests(root) {
  const { workspaces = [] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    if (!existsSync(join(root, parent))) return []
    return readdirSync(join(root, parent)).map((entry) => `${parent}/${entry}`)
  })
  return ['package.json', ...folders.sort().map((folder) => `${folder}/package.json`)]
}

/** What the install depends on. The versions of Node and npm that run it are left out on purpose. */
function fingerprintOf(root) {
  const parts = ['package-lock.json', ...manifests(root)].map(
    (path) => `${path}\n${digest(readIfThere(join(root, path)))}`,
  )
  return digest([`${process.platform}-${process.arch}`, ...parts].join('\n'))
}

const stampPath = (root) => join(root, 'node_modules', '.prognetwork-stamp.json')
const installedRecord = (root) => readIfThere(join(root, 'node_modules', '.package-lock.json'))

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampPath(root), 'utf8'))
  } catch {
    return null
  }
}

// npm's own record is part of it, so that an install or a prune by hand is noticed.
const isCurrent = (root, stamp, fingerprint, dev) =>
  stamp !== null &&
  stamp.fingerprint === fingerprint &&
  stamp.installed === digest(installedRecord(root)) &&
  (stamp.dev || !dev)

function writeStamp(root, fingerprint, dev) {
  const path = stampPath(root)
  const beside = `${path}.${process.pid}`
  writeFileSync(
    beside,
    JSON.stringify({ fingerprint, dev, installed: digest(installedRecord(root)) }),
  )
  renameSync(beside, path)
}

function npmCommand() {
  const asked = process.env.npm_execpath
  return asked && basename(asked) === 'npm-cli.js' ? [process.execPath, asked] : ['npm']
}

/** Runs npm; gives its last lines, and whether it did what it was asked. */
function runNpm(root, words, onStarted) {
  const [program, ...before] = npmCommand()
  return new Promise((resolve) => {
    const child = spawn(program, [...before, ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    let stoppedBy = null
    const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const stop = () => {
        stoppedBy = signal
        child.kill(signal)
      }
      process.on(signal, stop)
      return () => process.off(signal, stop)
    })
    const finish = (ok) => {
      for (const undo of stops) undo()
      resolve({ ok, stoppedBy, lines: text.trimEnd().split('\n').slice(-keptLines) })
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(-20_000)
      })
    }
    child.on('spawn', () => onStarted(child.pid))
    child.on('error', (error) => {
      text += `npm could not be started: ${error.message}`
      finish(false)
    })
    child.on('close', (code) => finish(code === 0))
  })
}

/** Says every now and then that `what` is still going on; the result ends it. */
function startHeartbeat(what) {
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 1000)
  const terminal = process.stderr.isTTY
  const timer = setInterval(() => {
    process.stderr.write(
      terminal ? `\r${what} ... ${seconds()} s ` : `${what} ... ${seconds()} s\n`,
    )
  }, beatMs)
  return () => {
    clearInterval(timer)
    if (terminal) process.stderr.write('\r\x1b[K')
    return seconds()
  }
}

function stopWith({ lines, stoppedBy }) {
  if (stoppedBy) {
    say('Stopped while installing; the next start goes on from here.')
    return 128 + system.signals[stoppedBy]
  }
  const output = lines.join('\n')
  const mend = mends.find(([pattern]) => pattern.test(output))?.[1]
  say(`npm could not install what ProgNetwork needs. Its last lines:\n\n${output}\n`)
  say(mend ?? 'Run `npm install` by hand to see more.')
  return 1
}

async function install(root, dev, onStarted) {
  const words = ['install', '--no-save', '--loglevel=error', dev ? '--include=dev' : '--omit=dev']
  const first = !existsSync(join(root, 'node_modules', '.package-lock.json'))
  say(
    first
      ? 'Installing what ProgNetwork needs. This happens once and usually takes one to two minutes.'
      : 'Bringing the installed packages up to date. This usually takes less than a minute.',
  )
  const endHeartbeat = startHeartbeat('Installing')
  let result = await runNpm(root, words, onStarted)
  if (!result.ok && !result.stoppedBy && lockfileUnfit.test(result.lines.join('\n'))) {
    say('This registry lacks a package that package-lock.json names; installing by package.json')
    say('alone, which names exact versions too.')
    result = await runNpm(root, [...words, '--no-package-lock'], onStarted)
  }
  const took = endHeartbeat()
  if (result.ok) say(`Installed in ${took} s.`)
  return result
}

function makeFolder(path) {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.W_OK)
  } catch (error) {
    process.exit(stopWith({ lines: [error.message], stoppedBy: null }))
  }
}

export async function ensureInstalled(root, dev) {
  const fingerprint = fingerprintOf(root)
  if (isCurrent(root, readStamp(root), fingerprint, dev)) return
  makeFolder(join(root, 'node_modules'))
  const lock = await takeLock(join(root, 'node_modules', '.prognetwork-lock'), () => {
    say('Another start is installing here already; waiting for it.')
    return startHeartbeat('Waiting')
  })
  let result = null
  try {
    const stamp = readStamp(root)
    if (isCurrent(root, stamp, fingerprint, dev)) return
    // Development tools that are there stay: a start must not take them away from a developer.
    const wide = dev || stamp?.dev === true || /"dev": true/.test(installedRecord(root))
    rmSync(stampPath(root), { force: true })
    result = await install(root, wide, lock.recordChild)
    if (result.ok) writeStamp(root, fingerprint, wide)
  } finally {
    lock.release()
  }
  if (!result.ok) process.exit(stopWith(result))
}
