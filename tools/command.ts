import { spawn } from 'node:child_process'
import { constants as system } from 'node:os'
import { join, resolve } from 'node:path'
import { onParentGone } from '../packages/environment-configuration/src/index.ts'

export const root = resolve(import.meta.dirname, '..')

/** The path of a command that a package of the tree brings with it. */
export const binary = (name: string): string => join(root, 'node_modules', '.bin', name)

export interface Ran {
  /** The command's own, 128 + the number of the signal that ended it, or 127 if it did not start. */
  readonly code: number
  /** Empty where the output went straight to the terminal. */
  readonly output: string
}

/**
 * Runs a command in the root, and ends it when this process is told to end or loses its parent.
 * Its output is kept, or goes straight on where `isShown`.
 */
export function runCommand(
  file: string,
  words: readonly string[],
  options: { isShown: boolean; env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const output: Buffer[] = []
  const kept = options.isShown ? 'inherit' : 'pipe'
  const child = spawn(file, words, { cwd: root, env: options.env, stdio: ['inherit', kept, kept] })
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const stop = () => child.kill('SIGTERM')
  // At a terminal the child has the signal already, and a second one would cut its farewell short.
  const ignore = () => {}
  const onInterrupt = process.stdin.isTTY ? ignore : stop
  process.on('SIGTERM', stop)
  process.on('SIGINT', onInterrupt)
  onParentGone(stop)
  return new Promise((done) => {
    const finish = (code: number) => {
      process.off('SIGTERM', stop)
      process.off('SIGINT', onInterrupt)
      done({ code, output: Buffer.concat(output).toString() })
    }
    child.on('error', (error) => {
      output.push(Buffer.from(error.message))
      finish(127)
    })
    child.on('close', (code, signal) => finish(code ?? 128 + (signal ? system.signals[signal] : 0)))
  })
}
