import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { findSystemServers, type SystemServer, systemServersMissing } from '@prognetwork/testing'
import { expect, test, vi } from 'vitest'

const starter = `
  import { startSystemPostgres } from ${JSON.stringify(import.meta.resolve('../src/system-servers.ts'))}
  const { connection } = await startSystemPostgres()
  process.stdout.write(JSON.stringify(connection))
  setInterval(() => {}, 1_000)
`

test("the system's PostgreSQL ends with a process that is killed", async (context) => {
  // Without them the suites of the database and the event writer run on the embedded one alone.
  if (!findSystemServers()) context.skip(systemServersMissing)
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [told] = await once(child.stdout, 'data')
  const connection: SystemServer['connection'] = JSON.parse(String(told))
  const client = await connectDirectly(connection)
  const ended = new Promise((resolve) => client.once('end', resolve))
  child.kill('SIGKILL')
  await ended
  await vi.waitFor(() => expect(connectDirectly(connection)).rejects.toThrow(), 10_000)
  await rm(connection.host, { recursive: true })
})
