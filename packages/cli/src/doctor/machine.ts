import { constants } from 'node:fs'
import { access, readdir, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { type Check, failure, fine, warning } from './check.ts'

const gibibyte = 2 ** 30
const leastNode = 24

export function checkMachine(): Check[] {
  const memory = (totalmem() / gibibyte).toFixed(1)
  const machine = `${process.platform} ${process.arch}, ${availableParallelism()} processors, ${memory} GiB`
  const isEnough = totalmem() >= 0.9 * gibibyte
  const node = process.versions.node
  return [
    isEnough
      ? fine('machine', machine)
      : warning('machine', machine, 'The platform and its database want 1 GiB of memory or more'),
    Number(node.split('.')[0]) >= leastNode
      ? fine('node', node)
      : failure('node', node, `Run prog by npm run prog, which brings Node ${leastNode}`),
  ]
}

/** The state directory and who may read the secrets in it. */
export async function checkState(stateDirectory: string): Promise<Check[]> {
  const name = 'state directory'
  const folder = await nearestFolder(stateDirectory)
  const canWrite = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!canWrite)
    return [
      failure(
        name,
        `${folder} cannot be written to`,
        'Give it to this user, or set STATE_DIRECTORY to another folder',
      ),
    ]
  if (folder !== stateDirectory)
    return [fine(name, `${stateDirectory} is made at the first start`), await checkDisk(folder)]
  const open = await readableSecrets(stateDirectory)
  return [
    open.length === 0
      ? fine(name, stateDirectory)
      : failure(
          name,
          `others may read ${open.join(', ')}`,
          `Close them: chmod go= ${open.join(' ')}`,
        ),
    await checkDisk(folder),
  ]
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() || folder === dirname(folder)) return folder
  }
}

/** Every file with secrets in it is for its owner alone. */
async function readableSecrets(stateDirectory: string): Promise<string[]> {
  const own = ['role-passwords.json', 'postgres.password', 'key-ring.json']
  const services = await readdir(join(stateDirectory, 'services')).catch(() => [])
  const paths = [...own, ...services.map((file) => join('services', file))].map((file) =>
    join(stateDirectory, file),
  )
  const modes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  )
  return paths.filter((_, index) => ((modes[index] ?? 0) & 0o077) !== 0)
}

async function checkDisk(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const free = (bavail * bsize) / gibibyte
  const finding = `${free.toFixed(1)} GiB free at ${folder}`
  if (free < 0.5) return failure('disk', finding, 'Make room: the database stops when it is full')
  return free < 5 ? warning('disk', finding, 'Make room before it grows') : fine('disk', finding)
}

/** A port that is free, or that our own gateway answers at. */
export async function checkPort(name: string, host: string, port: number): Promise<Check> {
  const label = `port ${port}`
  if (port === 0) return fine(label, `${name} chooses a free one`)
  const answer = await fetch(`http://${host}:${port}/health`, {
    signal: AbortSignal.timeout(2_000),
  }).then(
    (response) => response.text(),
    () => undefined,
  )
  if (answer === '{"status":"live"}') return fine(label, `${name} answers`)
  const reason = await listenFailure(host, port)
  if (reason === undefined) return fine(label, `free for ${name}`)
  return failure(
    label,
    `${name} cannot listen on ${host}:${port} (${reason})`,
    `Stop what listens there, or set ${name.toUpperCase().replaceAll('-', '_')}_PORT`,
  )
}

async function listenFailure(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    await new Promise((resolve) => server.close(resolve))
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
