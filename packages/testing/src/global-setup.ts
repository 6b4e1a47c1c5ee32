import { join } from 'node:path'
import { buildClients } from '@prognetwork/cli/clients'
import type { TestProject } from 'vitest/node'
import { clients } from '../../../platform.ts'
import { startCluster, type TestCluster } from './cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster
  }
}

const root = join(import.meta.dirname, '../../..')

/**
 * One server for the whole run; every test file clones its template. The pages of the web clients are
 * built once as well, so that no platform under test stops to do it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [{ cluster, stop }] = await Promise.all([startCluster(), buildClients(clients, root)])
  project.provide('cluster', cluster)
  return stop
}
