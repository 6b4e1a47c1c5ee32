import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isRunning } from './operating-process.ts'

interface PlatformLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Makes this process the only one that works on a state directory, until it releases the lock or
 * ends in any way. Node offers no file lock of its own; SQLite's is one of the kernel, so two
 * starts at once cannot both win and a killed holder leaves nothing to clean up, unlike files with
 * process numbers or stale sockets.
 *
 * Nothing else in the holding process may open `platform.lock`: by POSIX, closing any descriptor of
 * a file drops every lock the process has on it.
 * @throws Error naming the process that holds the directory.
 */
export function lockStateDirectory(stateDirectory: string): PlatformLock {
  const path = join(stateDirectory, 'platform.lock')
  const ownerPath = join(stateDirectory, 'platform.pid')
  const database = openLockFile(path)
  try {
    database.exec('PRAGMA journal_mode = MEMORY')
    // Not EXCLUSIVE: two that ask for that at once can both be refused.
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw new Error(`The lock ${path} cannot be taken: ${(error as Error).message}.`, {
        cause: error,
      })
    }
    throw new Error(
      `Another process of the platform${describeOwner(ownerPath)} works on ${stateDirectory}. ` +
        'Stop it first, or give this one another state directory.',
    )
  }
  try {
    writeFileSync(ownerPath, `${process.pid}\n`, { mode: 0o600 })
  } catch {
    // Only the sentence above reads it, and a full disk is better reported by PostgreSQL.
  }
  return {
    release() {
      if (!database.isOpen) return
      rmSync(ownerPath, { force: true })
      database.close()
    },
  }
}

function openLockFile(path: string): DatabaseSync {
  try {
    // Only ever created here, never opened when it exists: see the rule about descriptors above.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw new Error(
      `The lock ${path} cannot be opened (${(error as Error).message}). Start the platform as ` +
        'the user who owns that file.',
      { cause: error },
    )
  }
}

function describeOwner(ownerPath: string): string {
  try {
    const pid = Number.parseInt(readFileSync(ownerPath, 'utf8'), 10)
    return pid && isRunning(pid) ? ` (process ${pid})` : ''
  } catch {
    // Its holder writes the number just after it has the lock.
    return ''
  }
}
