import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { type Command, Option } from 'commander'
import { printAsyncApi } from './async-api.ts'
import { demonstrate } from './demo/demo.ts'
import { diagnose } from './doctor/doctor.ts'
import { renewIncarnations } from './incarnations.ts'
import { showMail } from './mail.ts'
import { printOpenApi } from './open-api.ts'
import { seed } from './seed/seed.ts'
import { seedSizes } from './seed/sizes.ts'
import { fetchServer, serverNames, startServer } from './services.ts'

/** Commands for whoever operates a platform. */
export function addOperating(
  program: Command,
  definitions: readonly AnyDefinition[],
  directory: string,
): void {
  program
    .command('doctor')
    .description(
      'look at machine, state, database and configuration; fails when something is wrong',
    )
    .option('--setup-link', 'make a new link for the first operator; an earlier one ends')
    .option('--json', 'as JSON')
    .action((options) => diagnose(definitions, directory, options))
  program
    .command('mail')
    .description('mail that was kept instead of sent, newest first')
    .option('--to <address>', 'to this address only')
    .option('--limit <count>', 'how many at the most', '20')
    .option('--json', 'as JSON')
    .action((options) => showMail(definitions, directory, options))
  program
    .command('openapi')
    .description('the OpenAPI document of all operations; starts nothing')
    .action(() => printOpenApi(definitions, directory))
  program
    .command('asyncapi')
    .description('the AsyncAPI document of all events; starts nothing')
    .action(() => printAsyncApi(definitions, directory))
  program
    .command('seed')
    .description('fill a running platform with people, tenants and products to try it with')
    .addOption(
      new Option('--size <size>', 'how much').choices(Object.keys(seedSizes)).default('small'),
    )
    .option('--json', 'what was made, as JSON')
    .action((options) => seed(definitions, directory, options))
  program
    .command('demo')
    .description('a shop in a running platform, a customer who buys there, and all that it set off')
    .option('--csv <file>', 'sell what is in this product list instead')
    .option('--repeat <count>', 'how many customers', '1')
    .action((options) => demonstrate(definitions, directory, options))
  addLog(program, definitions, directory)
  addServices(program, definitions, directory)
}

/** What the log of events needs after its database was restored or moved. */
function addLog(program: Command, definitions: readonly AnyDefinition[], directory: string): void {
  const log = program.command('log').description('the log of events, after a restore or a move')
  const running = ['--running', 'also while the platform runs on the database'] as const
  log
    .command('new-incarnation')
    .description('begin a new life of it: after a restore, and when its end may be lost')
    .option(...running)
    .action((options) => renewIncarnations(definitions, directory, { ...options, isWhole: false }))
  log
    .command('same-incarnation')
    .description('let it go on as it is: the database was moved and nothing was lost')
    .option(...running)
    .action((options) => renewIncarnations(definitions, directory, { ...options, isWhole: true }))
}

/** Real servers of others, for whoever develops with them. */
function addServices(
  program: Command,
  definitions: readonly AnyDefinition[],
  directory: string,
): void {
  const services = program.command('services').description('real servers of others, on loopback')
  services
    .command('start <name>')
    .description(`run one until Ctrl-C: ${serverNames.join(', ')}`)
    .option('--port <number>', 'another port than the usual one')
    .action((name: string, options) => startServer(definitions, directory, name, options))
  services
    .command('fetch <name>')
    .description('bring what no package of the system has: kafka')
    .action(fetchServer)
}
