// `prog dev`: the platform in a process of its own that is started again when its sources change. Pages
// change in place, so their sources are not among them.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import { say } from './speech.ts'
import { stopSignal } from './stop-signal.ts'

const folders = ['core', 'services', 'packages', 'clients']
/** What the platform is made of, and neither tests nor what pages alone are made of. */
const isSource = (path: string) =>
  /\.(?:ts|sql|json|mjml|liquid)$/.test(path) &&
  !/(?:^|\/)(?:node_modules|build|\.react-router|test|app)\//.test(path) &&
  !/^(?:packages\/(?:ui|testing)\/|packages\/contracts\/released\/)/.test(path) &&
  !path.endsWith('.test.ts')
/** An editor saves several files, or one of them in several steps. */
const settleMs = 150

export async function develop(root: string): Promise<void> {
  const stopping = stopSignal()
  let isStopping = false
  let changed = Promise.withResolvers<string>()
  const watchers = watchSources(root, (path) => changed.resolve(path))
  void stopping.then(() => {
    isStopping = true
    changed.resolve('')
  })
  while (!isStopping) {
    changed = Promise.withResolvers()
    const child = start()
    const ended = once(child, 'close')
    // One that cannot start is started again with the next change.
    const path = await changed.promise
    if (!isStopping) say(`${path} has changed; starting again.`)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  }
  for (const one of watchers) one.close()
}

function start(): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'up', '--develop'], {
    stdio: 'inherit',
    env: { ...environment, NODE_ENV: 'development' },
  })
}

function watchSources(root: string, onChange: (path: string) => void): FSWatcher[] {
  let timer: NodeJS.Timeout | undefined
  const note = (path: string) => {
    if (!isSource(path)) return
    clearTimeout(timer)
    timer = setTimeout(() => onChange(path), settleMs)
  }
  return [
    ...folders.map((folder) =>
      watch(
        join(root, folder),
        { recursive: true },
        (_, name) => name && note(`${folder}/${name}`),
      ),
    ),
    watch(join(root, 'platform.ts'), () => note('platform.ts')),
  ].map((watcher) => watcher.on('error', (error) => say(`Changes may be missed: ${error.message}`)))
}
