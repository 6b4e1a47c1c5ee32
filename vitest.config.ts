import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { findSystemServers } from './packages/testing/src/installed-servers.ts'

/** What takes a minute comes first, so that no processor has nothing to do while the last one ends. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

const minutes = /kafka|redis|broker|crash|crossing|accessible-pages|operating|own-database|platform/

/** Who waits for servers of others or goes through everything; who starts servers; the rest. */
function rank({ moduleId }: TestSpecification): number {
  if (minutes.test(moduleId.split('/').at(-1) ?? '')) return 0
  return moduleId.includes('/test/') ? 1 : 2
}

const limits = {
  pool: 'forks',
  setupFiles: 'packages/testing/src/exercised.ts',
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // What is waited for comes in milliseconds, unless others have the processors.
  expect: { poll: { timeout: 10_000 } },
} as const

/** What depends on the version of PostgreSQL is tried on the system's as well, where there is one. */
const onSystemPostgres = {
  ...limits,
  name: "system's PostgreSQL",
  include: [
    'packages/shared-infrastructure/src/database/*.test.ts',
    'packages/testing/test/tables.test.ts',
    'core/event-streaming-service/test/event-writer.test.ts',
  ],
  globalSetup: ['packages/testing/src/global-setup-system.ts'],
}

export default defineConfig({
  test: {
    // One more than there would be: most of a test is waiting for a server.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...limits,
          name: 'embedded PostgreSQL',
          include: ['**/*.test.ts'],
          globalSetup: ['packages/testing/src/global-setup.ts'],
        },
      },
      ...(findSystemServers() ? [{ test: onSystemPostgres }] : []),
    ],
  },
})
