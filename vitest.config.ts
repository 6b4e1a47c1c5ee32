import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { findSystemServers } from './packages/testing/src/installed-servers.ts'

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
