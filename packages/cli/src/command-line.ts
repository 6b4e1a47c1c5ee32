import { join } from 'node:path'
import { Command, Option } from 'commander'
import { clients, services } from '../../../platform.ts'
import { bootstrap } from './bootstrap.ts'
import { buildClients } from './clients/built-clients.ts'
import { developed } from './clients/developing.ts'
import { showConfiguration } from './config.ts'
import { develop } from './develop.ts'
import { writeDocuments } from './documents.ts'
import { importProductsFile } from './import-products.ts'
import { bench, crash } from './measure.ts'
import { migrateAll } from './migrate.ts'
import { addOperating } from './operating-commands.ts'
import { prove } from './prove.ts'
import { releaseSchemas } from './released-schemas.ts'
import { say } from './speech.ts'
import { showStatus } from './status.ts'
import { up } from './up.ts'

/** The checkout, where configuration files and the state directory are. */
const root = join(import.meta.dirname, '../../..')
const all = [...services, ...clients]

/** `prog`: runs one command and sets the exit code: 0 done, 1 failed, 2 misused. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const program = new Command('prog').description('ProgNetwork on the command line')
  program.exitOverride()
  program
    .command('up')
    .description('start the platform, or only some of its services, in this process')
    .option('--only <names...>', 'services to run here; the others run elsewhere')
    .addOption(new Option('--develop', 'pages from their sources').hideHelp())
    .action(async ({ only, develop }: { only?: string[]; develop?: boolean }) => {
      if (develop) return up([...services, ...developed(clients)], root, only)
      await buildClients(
        clients.filter(({ name }) => only?.includes(name) ?? true),
        root,
      )
      await up(all, root, only)
    })
  program
    .command('dev')
    .description('start the platform again whenever a file changes; pages change in place')
    .action(() => develop(root))
  program
    .command('bootstrap')
    .description('make roles, schemas and keys for services that run apart (privileged, once)')
    .action(() => bootstrap(all, root))
  program
    .command('status')
    .description('what a running platform says of itself')
    .option('--json', 'on one line')
    .action((options) => showStatus(all, root, options))
  program
    .command('config')
    .description('every configuration key with its effective value and origin')
    .option('--json', 'as JSON')
    .option('--reference', 'what each key means, with its default, as JSON')
    .action((options) => showConfiguration(all, root, options))
  program
    .command('migrate')
    .description('bring every schema up to date and start nothing')
    .action(() => migrateAll(services, root))
  program
    .command('import')
    .description('bring data into a running platform')
    .command('products <file>')
    .description('products from a CSV file, for the tenant that API_KEY belongs to')
    .option('--currency <code>', 'of prices in columns that name none; the tenant has a default')
    .option('--dry-run', 'say what would happen and change nothing')
    .option('--json', 'the lines of the reply as they are')
    .action((file: string, options) => importProductsFile(services, root, file, options))
  addOperating(program, services, root)
  program
    .command('documents')
    .description('write what documents say of the definitions')
    .action(() => writeDocuments(root, all))
  program
    .command('schemas')
    .description('schemas of events')
    .command('release')
    .description('keep each version that is not kept yet; it never changes after that')
    .action(() => releaseSchemas(root, services))
  program
    .command('prove <what>')
    .description('prove isolation: that no tenant reaches another; 1 when something was found')
    .option('--json', 'as JSON')
    .action((what, options) => prove(services, what, options))
  program
    .command('bench <name>')
    .description('run one benchmark and print its figures')
    .option('--json', 'as JSON')
    .action(bench)
  program
    .command('crash <part>')
    .description('kill platform, events or checkout at random; nothing may be lost or doubled')
    .option('--rounds <count>', 'how often', '10')
    .option('--minutes <count>', 'of events: end after so long, with fewer rounds')
    .option('--seed <number>', 'repeats the moments of an earlier run')
    .addOption(
      new Option('--transport <name>', 'from where consumers read, for events')
        .choices(['postgres', 'redis', 'kafka'])
        .default('postgres'),
    )
    .action(crash)
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
