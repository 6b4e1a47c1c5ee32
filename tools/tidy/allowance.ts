import type { Finding, Tree } from './tree.ts'

/** A place where a rule does not hold, and why. A path that ends in `/` is a whole folder. */
export interface Allowance {
  readonly path: string
  readonly reason: string
}

const covers = ({ path }: Allowance, file: string) =>
  path.endsWith('/') ? file.startsWith(path) : file === path

/** Takes the allowed findings away, and tells of each allowance that there is nothing left for. */
export function applyAllowances(
  tree: Tree,
  allowances: readonly Allowance[],
  findings: readonly Finding[],
): Finding[] {
  const isAllowed = (file: string) => allowances.some((allowance) => covers(allowance, file))
  const stale = allowances.filter((allowance) =>
    allowance.path.endsWith('/')
      ? !tree.files.some(({ path }) => covers(allowance, path))
      : !findings.some(({ file }) => covers(allowance, file)),
  )
  return [
    ...findings.filter(({ file }) => !isAllowed(file)),
    ...stale.map(({ path }) => {
      return { file: path, line: 1, message: 'tidy allows this place something it does not use' }
    }),
  ]
}
