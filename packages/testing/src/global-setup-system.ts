import type { TestProject } from 'vitest/node'
import { startCluster } from './cluster.ts'

/** As global-setup.ts, on the PostgreSQL of the system. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { cluster, stop } = await startCluster('system')
  project.provide('cluster', cluster)
  return stop
}
