import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ConfigurationError } from './configuration-error.ts'
import { type Declaration, type Field, fieldsOf } from './declaration.ts'
import { type Entry, type ReadingOfAll, readAll, type Values } from './reading.ts'
import { loadSources, type SourceOptions, type Sources } from './sources.ts'

/** What one reload did. With errors nothing was changed. */
export interface Reload {
  readonly errors: readonly ConfigurationError[]
  /** The keys that took their new value. */
  readonly changed: readonly string[]
  /** The keys that changed in the sources but keep their value until a restart. */
  readonly needRestart: readonly string[]
}

export interface WatchOptions extends SourceOptions {
  readonly declarations: readonly Declaration[]
  /** The sources that the running values were read from. */
  readonly sources: Sources
  /** Runs after the swap, once for each owner, with the new values of the changed keys. */
  readonly onChange: (owner: string, changed: Values) => void
  /** Runs after every reload that found something to tell, the ones that failed among them. */
  readonly onReload: (reload: Reload) => void
  readonly debounceMs?: number
}

export interface ConfigurationWatch {
  /** The running values; the object of an owner is replaced, never changed. */
  current(): ReadonlyMap<string, Values>
  /** The same, fit to be shown. */
  entries(): readonly Entry[]
  /** Reads again now, as SIGHUP does. */
  reload(): Reload
  close(): void
}

interface Changes {
  readonly reloadable: Map<string, Field[]>
  readonly fixed: string[]
}

function changesBetween(
  before: ReadonlyMap<string, Values>,
  after: ReadonlyMap<string, Values>,
  declarations: readonly Declaration[],
): Changes {
  const reloadable = new Map<string, Field[]>()
  const fixed: string[] = []
  for (const declaration of declarations) {
    const { owner } = declaration
    for (const field of fieldsOf(declaration)) {
      const old = before.get(owner)?.[field.name]
      if (isDeepStrictEqual(old, after.get(owner)?.[field.name])) continue
      if (field.isReloadable) reloadable.set(owner, [...(reloadable.get(owner) ?? []), field])
      else fixed.push(field.key)
    }
  }
  return { reloadable, fixed }
}

/** New sources in which `keys` still have the values the process started with. */
function holdBack(next: Sources, first: Sources, keys: ReadonlySet<string>): Sources {
  return { ...next, lookup: (key) => (keys.has(key) ? first.lookup(key) : next.lookup(key)) }
}

/**
 * Calls `onEvent` when one of the files may have changed. Folders are watched, not files: editors
 * and Kubernetes put a new file in the place of the old one.
 */
function watchFiles(files: ReadonlySet<string>, onEvent: () => void): () => void {
  const watchers: FSWatcher[] = []
  const folders = Map.groupBy(files, (file) => dirname(file))
  for (const [folder, inside] of folders) {
    const names = new Set(inside.map((file) => basename(file)))
    // Kubernetes swaps the link `..data`, and the names inside never change.
    const concerns = (name: string | null) => name === null || name === '..data' || names.has(name)
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (concerns(name)) onEvent()
      })
      watcher.on('error', () => watcher.close())
      watchers.push(watcher)
    } catch {
      // The folder does not exist or the machine has no watches left: SIGHUP remains.
    }
  }
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

/**
 * Reads the configuration again on SIGHUP and when its files change, and swaps the values of the
 * keys marked reloadable. Everything is validated before the swap, together with the values that
 * stay, so a bad file changes nothing.
 */
export function watchConfiguration(options: WatchOptions): ConfigurationWatch {
  const { declarations, onChange, onReload, debounceMs = 200 } = options
  const first = readAll(options.sources, declarations)
  let running = first.values
  let shown = first.entries
  let timer: NodeJS.Timeout | undefined
  let closeFiles = watchFiles(options.sources.files, later)

  function later(): void {
    clearTimeout(timer)
    timer = setTimeout(reload, debounceMs)
    timer.unref()
  }

  function swap(next: Sources, reading: ReadingOfAll, reloadable: Map<string, Field[]>): string[] {
    running = reading.values
    shown = reading.entries
    closeFiles()
    closeFiles = watchFiles(next.files, later)
    for (const [owner, fields] of reloadable) {
      const values = running.get(owner) ?? {}
      onChange(owner, Object.fromEntries(fields.map(({ name }) => [name, values[name]])))
    }
    return [...reloadable.values()].flat().map(({ key }) => key)
  }

  function attempt(): Reload {
    const loaded = loadSources(options)
    const all = readAll(loaded, declarations)
    if (all.errors.length > 0) return { errors: all.errors, changed: [], needRestart: [] }
    const { fixed, reloadable } = changesBetween(running, all.values, declarations)
    const next = fixed.length > 0 ? holdBack(loaded, options.sources, new Set(fixed)) : loaded
    const reading = fixed.length > 0 ? readAll(next, declarations) : all
    if (reading.errors.length > 0)
      return { errors: reading.errors, changed: [], needRestart: fixed }
    return { errors: [], changed: swap(next, reading, reloadable), needRestart: fixed }
  }

  function reload(): Reload {
    clearTimeout(timer)
    const done = attempt()
    if (done.errors.length + done.changed.length + done.needRestart.length > 0) onReload(done)
    return done
  }

  process.on('SIGHUP', reload)
  return {
    current: () => running,
    entries: () => shown,
    reload,
    close() {
      process.off('SIGHUP', reload)
      clearTimeout(timer)
      closeFiles()
    },
  }
}
