// Brings a postmaster to the point where it takes work: an orphan of ours is adopted or shut down,
// and otherwise a new one is started.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Postmaster,
  type PostmasterCommand,
  spawnPostmaster,
  stopPostmaster,
  watchPostmaster,
} from './postmaster.ts'
import { findPostmaster, formatStartCommand } from './postmaster-file.ts'
import { askServer, type ServerConnection } from './server-connection.ts'
import { boundLog, describeLog, logSize } from './server-log.ts'

interface StartRequest {
  readonly command: Omit<PostmasterCommand, 'stalePid'>
  readonly connection: ServerConnection
  readonly dataDirectory: string
  readonly say: (sentence: string) => void
}

export interface StartedPostmaster {
  readonly postmaster: Postmaster
  readonly adopted: boolean
}

const POLL_INTERVAL_MS = 15
const UNREACHABLE_LIMIT_MS = 30_000
const PATIENCE_INTERVAL_MS = 10_000

/**
 * Adopts the postmaster of an earlier process when it runs with exactly our command, else starts
 * one. The caller holds the lock on the state directory.
 * @throws Error with the last lines of PostgreSQL's log when it does not start.
 */
export async function bringUpPostmaster(request: StartRequest): Promise<StartedPostmaster> {
  const { command, dataDirectory, say } = request
  const previous = await findPostmaster(dataDirectory)
  if (previous.state === 'running') {
    const orphan = watchPostmaster(previous.pid, dataDirectory)
    const ours = formatStartCommand(command.executable, command.programArguments)
    if (previous.startCommand === ours && (await becomesReady(orphan, request))) {
      say(`PostgreSQL (process ${orphan.pid}) was still running and is used again.`)
      return { postmaster: orphan, adopted: true }
    }
    say(`PostgreSQL (process ${orphan.pid}) still runs from before; it is started afresh.`)
    await stopPostmaster(orphan, say)
  }
  return { postmaster: await launch(request), adopted: false }
}

const LOCK_RETRY_LIMIT_MS = 5_000
const LOCK_RETRY_INTERVAL_MS = 200

async function launch(request: StartRequest): Promise<Postmaster> {
  const { command, dataDirectory, say } = request
  await boundLog(command.logFile)
  const retryUntil = Date.now() + LOCK_RETRY_LIMIT_MS
  for (;;) {
    const previous = await findPostmaster(dataDirectory)
    const stalePid = previous.state === 'stale' ? previous.pid : undefined
    await removeSocketFiles(request.connection.host)
    const logStart = await logSize(command.logFile)
    const postmaster = spawnPostmaster({ ...command, stalePid })
    const end = await startingEnd(postmaster, request)
    if (end === undefined) return postmaster
    const log = await describeLog(command.logFile, logStart)
    // The backends of a killed postmaster need a moment to notice and leave.
    const retry = /lock file|shared memory block/.test(log) && Date.now() < retryUntil
    if (!retry) {
      throw new Error(
        `PostgreSQL did not start in ${dataDirectory} (${end}). Remove the cause it names and ` +
          `start again.${log}`,
      )
    }
    say('What is left of an earlier PostgreSQL still holds the data; trying again.')
    await sleep(LOCK_RETRY_INTERVAL_MS)
  }
}

/** How a postmaster that did not become ready ended; undefined when it is ready. */
async function startingEnd(
  postmaster: Postmaster,
  request: StartRequest,
): Promise<string | undefined> {
  try {
    if (await becomesReady(postmaster, request)) return undefined
  } catch (error) {
    await stopPostmaster(postmaster, request.say)
    throw error
  }
  await stopPostmaster(postmaster, request.say)
  return postmaster.ended
}

/**
 * Waits until the server takes connections; false when it ended, is shutting down, or stays
 * unreachable for 30 s. Recovery after a crash may take as long as it needs.
 */
async function becomesReady(postmaster: Postmaster, request: StartRequest): Promise<boolean> {
  const { connection, dataDirectory, say } = request
  const startedAt = Date.now()
  let unreachableSince = startedAt
  let nextPatience = startedAt + PATIENCE_INTERVAL_MS
  for (;;) {
    const answer = await Promise.race([
      askServer(connection, dataDirectory),
      postmaster.ended.then(() => 'ended' as const),
    ])
    if (answer === 'ready') return true
    if (answer === 'ended' || answer === 'stopping') return false
    const now = Date.now()
    if (answer === 'starting') unreachableSince = now
    if (now - unreachableSince > UNREACHABLE_LIMIT_MS) return false
    if (now > nextPatience) {
      say(`PostgreSQL has been starting for ${Math.round((now - startedAt) / 1000)} s.`)
      nextPatience = now + PATIENCE_INTERVAL_MS
    }
    await sleep(POLL_INTERVAL_MS)
  }
}

/** No server runs behind them, and the process number in a left-over lock may be in use again. */
async function removeSocketFiles(socketDirectory: string): Promise<void> {
  for (const name of await readdir(socketDirectory)) {
    if (name.startsWith('.s.PGSQL.')) await rm(join(socketDirectory, name), { force: true })
  }
}
