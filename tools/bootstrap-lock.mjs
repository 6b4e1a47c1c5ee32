// One install at a time in one folder. A lock whose owner is gone is taken over; it counts as held
// as long as the owner or the npm it started lives, because an npm left alone goes on writing.
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 300
const touchMs = 5_000
// Longer than several touches: for an owner whose processes cannot be seen from here.
const silentMs = 30_000

/** A process id and its start, so that an id used again after a crash is not mistaken; or null. */
function identityOf(pid) {
  try {
    if (process.platform !== 'linux') {
      return `${pid} ${execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()}`
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z') return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${pid} ${fields[18]} ${boot}`
  } catch {
    return null
  }
}

function isGone(owner, silentFor) {
  if (owner?.host !== hostname() || owner.processes.length === 0) return silentFor > silentMs
  return owner.processes.every((identity) => identityOf(identity.split(' ')[0]) !== identity)
}

function parseOwner(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readLock(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function create(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock only if it is still the one that was judged; two may judge at once. */
function clear(path, judged) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const taken = readLock(aside)
  if (taken !== judged && taken !== null) create(path, taken)
  rmSync(aside, { force: true })
}

const ownerNow = (...pids) => ({
  host: hostname(),
  processes: pids.map(identityOf).filter((identity) => identity !== null),
  touched: 0,
})

function hold(path) {
  const owner = ownerNow(process.pid)
  const write = () => {
    owner.touched += 1
    const beside = `${path}.${process.pid}`
    writeFileSync(beside, JSON.stringify(owner))
    renameSync(beside, path)
  }
  const timer = setInterval(write, touchMs)
  return {
    recordChild(pid) {
      owner.processes = ownerNow(process.pid, pid).processes
      write()
    },
    release() {
      clearInterval(timer)
      rmSync(path, { force: true })
    },
  }
}

/** Resolves when this process holds the lock; `onWait` runs once if another holds it. */
export async function takeLock(path, onWait) {
  const text = JSON.stringify(ownerNow(process.pid))
  let endWait = null
  let seen = null
  let changedAt = performance.now()
  while (!create(path, text)) {
    const now = readLock(path)
    if (now !== seen) {
      seen = now
      changedAt = performance.now()
    }
    if (seen !== null && isGone(parseOwner(seen), performance.now() - changedAt)) clear(path, seen)
    else {
      endWait ??= onWait()
      await sleep(pollMs)
    }
  }
  endWait?.()
  return hold(path)
}
