import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { type Command, Option } from 'commander'
import { printAsyncApi } from './async-api.ts'
import { diagnose } from './doctor/doctor.ts'
import { showMail } from './mail.ts'
import { printOpenApi } from './open-api.ts'
import { seed } from './seed/seed.ts'
import { seedSizes } from './seed/sizes.ts'

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
}
