import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { environment } from '../../packages/environment-configuration/src/index.ts'

/** The contents with which each file under a folder was ever committed as new, as ids of git. */
export type History = ReadonlyMap<string, ReadonlySet<string>>

/** Reads what git knows; undefined where the root is no checkout. */
export function readHistory(root: string, folder: string): History | undefined {
  // A hook of git sets variables that would point this call at another tree.
  const own = Object.entries(environment).filter(([key]) => !key.startsWith('GIT_'))
  let output: string
  try {
    output = execFileSync(
      'git',
      [
        ...['-c', 'safe.directory=*', 'log', '--diff-filter=A', '--no-renames', '--raw'],
        ...['--no-abbrev', '--format=', '-z', '--', folder],
      ],
      {
        cwd: root,
        encoding: 'utf8',
        env: Object.fromEntries(own),
        maxBuffer: 1 << 28,
        stdio: 'pipe',
      },
    )
  } catch (error) {
    const text = error instanceof Error ? error.message : ''
    if (/not a git repository|ENOENT|does not have any commits/.test(text)) return undefined
    throw error
  }
  const history = new Map<string, Set<string>>()
  for (const [, id = '', path = ''] of output.matchAll(/:\d+ \d+ \w+ (\w+) A\0([^\0]+)\0/g)) {
    const name = path.slice(folder.length + 1)
    history.set(name, (history.get(name) ?? new Set()).add(id))
  }
  return history
}

/** The id that git gives a content. */
export function contentId(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest('hex')
}
