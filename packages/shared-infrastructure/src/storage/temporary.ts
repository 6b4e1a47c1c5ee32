import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for the files of a platform that is thrown away. */
export async function openTemporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'prog-files-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
