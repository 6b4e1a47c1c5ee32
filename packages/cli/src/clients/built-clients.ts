// Brings the pages of the clients up to what their sources say, in a process of its own: what builds
// them is larger than the platform. A build is known by the hash of everything that went into it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import type { ClientDefinition } from '@prognetwork/shared-infrastructure/client'
import { takeLock } from '../../../../tools/bootstrap-lock.mjs'
import { say } from '../speech.ts'

/** What goes into every client beside its own folder. */
const shared = ['packages/contracts/src', 'packages/ui/src', 'packages/cli/src/clients']
const stamp = 'build/inputs.sha256'

/** Builds the clients whose inputs have changed since they were built; `root` is the checkout. */
export async function buildClients(
  clients: readonly Pick<ClientDefinition, 'name' | 'directory'>[],
  root: string,
): Promise<void> {
  if (clients.length === 0 || (await outdatedOf(clients, root)).length === 0) return
  const lock = await takeLock(join(root, 'clients', '.building'), () => {
    say('Another process builds the clients; waiting for it.')
    return () => {}
  })
  try {
    // Whoever held the lock may have built them.
    for (const { name, directory, inputs } of await outdatedOf(clients, root)) {
      const startedMs = performance.now()
      await runBuild(directory, join(directory, stamp), inputs)
      say(`Built ${name} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`)
    }
  } finally {
    lock.release()
  }
}

async function outdatedOf(
  clients: readonly Pick<ClientDefinition, 'name' | 'directory'>[],
  root: string,
) {
  const common = [
    await readFile(join(root, 'package-lock.json')),
    ...(await Promise.all(shared.map((folder) => digestOf(join(root, folder))))),
  ]
  const all = await Promise.all(
    clients.map(async ({ name, directory }) => {
      const hash = createHash('sha256')
      for (const part of [...common, await digestOf(directory)]) hash.update(part)
      const inputs = hash.digest('hex')
      const built = await readFile(join(directory, stamp), 'utf8').catch(() => '')
      return { name, directory, inputs, isCurrent: built === inputs }
    }),
  )
  return all.filter(({ isCurrent }) => !isCurrent)
}

/** Of the names and contents of all files below a folder that are not made by a build. */
async function digestOf(folder: string): Promise<Buffer> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) => !/^\/?(?:build|node_modules|\.react-router)\//.test(path.slice(folder.length)),
    )
    .sort()
  for (const path of files) {
    hash.update(`${path.slice(folder.length)}\0`)
    hash.update(await readFile(path))
  }
  return hash.digest()
}

function runBuild(directory: string, stampPath: string, inputs: string): Promise<void> {
  const builder = join(import.meta.dirname, 'builder.ts')
  const child = spawn(process.execPath, [builder, directory, stampPath, inputs], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: environment.PATH, HOME: environment.HOME, NODE_ENV: 'production' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-8_000)
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${directory} could not be built:\n${output}`)),
    )
  })
}
