import { join } from 'node:path'
import { Command } from 'commander'
import { services } from '../../../platform.ts'
import { say } from './speech.ts'
import { up } from './up.ts'

/** The checkout, where configuration files and the state directory are. */
const root = join(import.meta.dirname, '../../..')

/** `prog`: runs one command and sets the exit code: 0 done, 1 failed, 2 misused. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const program = new Command('prog').description('ProgNetwork on the command line')
  program.exitOverride()
  program
    .command('up')
    .description('start the platform in this process')
    .action(() => up(services, root))
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number') {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
