import { copyFile, open, stat, statfs, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { lastLines } from './command.ts'

const LARGEST_LOG_BYTES = 16 * 1024 * 1024
const TAIL_BYTES = 8 * 1024
const CHECK_INTERVAL_MS = 60_000
const LOW_SPACE_BYTES = 64 * 1024 * 1024

/** The size of the log in bytes, which marks a place to read on from; 0 when there is none. */
export async function logSize(logFile: string): Promise<number> {
  return (await stat(logFile).catch(() => undefined))?.size ?? 0
}

/**
 * What PostgreSQL wrote to its log since it had `from` bytes, as the end of a sentence about a
 * failure. A full disk takes the log with it, so little free space is said as well.
 */
export async function describeLog(logFile: string, from: number): Promise<string> {
  const lines = lastLines(await readTail(logFile, from))
  const { bavail, bsize } = await statfs(dirname(logFile))
  const free = bavail * bsize
  const space =
    free < LOW_SPACE_BYTES ? ` Only ${Math.floor(free / 1024)} KiB are free on that disk.` : ''
  return lines
    ? `${space} The last lines of ${logFile}:${lines}`
    : `${space} It wrote nothing to ${logFile}.`
}

async function readTail(logFile: string, from: number): Promise<string> {
  const file = await open(logFile, 'r')
  try {
    const { size } = await file.stat()
    // The log may have been cut since.
    const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    )
    return buffer.subarray(0, bytesRead).toString()
  } finally {
    await file.close()
  }
}

/** Cuts the log when it is too large: the old part stays as `<log>.1`. */
export async function boundLog(logFile: string): Promise<void> {
  if ((await logSize(logFile)) <= LARGEST_LOG_BYTES) return
  // Not renamed: a running server keeps writing to the file it was given, in append mode.
  await copyFile(logFile, `${logFile}.1`)
  await truncate(logFile)
}

/** Keeps the log bounded once a minute, until the answer is called. */
export function keepLogBounded(logFile: string, say: (sentence: string) => void): () => void {
  const timer = setInterval(() => {
    boundLog(logFile).catch((error: Error) => say(`${logFile} cannot be cut: ${error.message}.`))
  }, CHECK_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
