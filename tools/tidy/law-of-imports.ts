import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { matchesInCode } from './code.ts'
import { type Manifest, readManifests } from './manifest.ts'
import { type Finding, isTest, lineAt, type SourceFile, type Tree } from './tree.ts'

interface Law {
  /** Names of packages, with a subpath where only that is allowed; or all folders of one group. */
  readonly packages: readonly string[]
  /** What may come from npm; absent means whatever the package declares. */
  readonly npm?: readonly string[]
  readonly node: boolean
}

interface Import {
  readonly specifier: string
  readonly line: number
}

const scope = '@prognetwork/'
const everything = ['*']

/** The law of imports: who may import which packages of this tree. */
const laws: Readonly<Record<string, Law>> = {
  browser: { packages: ['contracts', 'ui'], node: false },
  'client server': { packages: ['contracts', 'ui', 'shared-infrastructure/client'], node: true },
  service: { packages: ['packages/*'], node: true },
  contracts: { packages: [], npm: ['zod'], node: false },
  'environment-configuration': { packages: [], npm: ['zod'], node: true },
  'event-based-service-client': {
    packages: ['contracts', 'environment-configuration'],
    node: true,
  },
  'shared-infrastructure': {
    packages: ['contracts', 'environment-configuration', 'event-based-service-client'],
    node: true,
  },
  // Runs outside of the platform, and takes nothing of it along.
  'event-client': { packages: [], npm: [], node: false },
  ui: { packages: ['contracts'], node: false },
  // Its harness runs the whole platform, and gets the list of it from where it stands.
  testing: { packages: ['packages/*', 'platform.ts'], node: true },
  open: { packages: everything, node: true },
}
const notForServices = ['cli', 'testing']

const builtins = new Set(builtinModules)
const patterns = [
  /\bfrom\s*(['"])([^'"\n]+)\1/g,
  /\bimport\s*(['"])([^'"\n]+)\1/g,
  /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(['"`])([^'"`\n]+)\1/g,
]

/** The folder that is one package: `services/order-service`; the root's own files are `.`. */
export function unitOf(path: string): string {
  const [group = '', name = '', rest] = path.split('/')
  const isUnit = ['clients', 'core', 'services', 'packages'].includes(group) && rest !== undefined
  return isUnit ? `${group}/${name}` : '.'
}

function lawFor(path: string): string {
  const [group = '', name = ''] = unitOf(path).split('/')
  if (group === 'core' || group === 'services') return 'service'
  // It is held against the platform in its tests.
  if (name === 'event-client' && isTest(path)) return 'open'
  if (group === 'packages') return name in laws ? name : 'open'
  if (group !== 'clients') return 'open'
  if (/^clients\/[^/]+\/[^/]+\.config\.[a-z]+$/.test(path)) return 'client server'
  return /^clients\/[^/]+\/server\//.test(path) || isTest(path) ? 'client server' : 'browser'
}

function importsOf({ code, text }: SourceFile): Import[] {
  if (!code) return []
  return patterns.flatMap((pattern) =>
    matchesInCode(code, pattern).map((match) => {
      return { specifier: match[2] ?? '', line: lineAt(text, match.index) }
    }),
  )
}

const packageName = (specifier: string) =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

function judgePackage(path: string, specifier: string, target: string | undefined) {
  const name = packageName(specifier).slice(scope.length)
  if (target === undefined) return `there is no package ${scope}${name}`
  if (target === unitOf(path)) return undefined
  const lawName = lawFor(path)
  const allowed = laws[lawName]?.packages ?? []
  if (allowed === everything) return undefined
  if (isTest(path) && name === 'testing' && !path.startsWith('clients/')) return undefined
  const isOpen = allowed.includes('packages/*') && target.startsWith('packages/')
  const isBanned = lawName === 'service' && notForServices.includes(name)
  if (isOpen && !isBanned) return undefined
  if (allowed.includes(name) || allowed.includes(specifier.slice(scope.length))) return undefined
  return `${unitOf(path)} must not import ${specifier} (law of imports: ${lawName})`
}

function judgeExternal(path: string, specifier: string, manifests: readonly Manifest[]) {
  const law = laws[lawFor(path)]
  const name = packageName(specifier)
  if (specifier.startsWith('node:') || builtins.has(name)) {
    const isAllowed = law?.node === true || isTest(path)
    return isAllowed
      ? undefined
      : `${unitOf(path)} must not import ${specifier}: it runs in browsers`
  }
  const isForTests = isTest(path) || unitOf(path) === 'packages/testing'
  if (law?.npm && !isForTests && !law.npm.includes(name)) {
    return `${unitOf(path)} may import only ${law.npm.join(', ')} from npm, not ${name}`
  }
  const own = manifests.find(({ folder }) => folder === unitOf(path))
  const root = manifests.find(({ folder }) => folder === '.')
  const declared = [own, isForTests ? root : undefined].flatMap((manifest) =>
    manifest ? manifest.dependencies.map((dependency) => dependency.name) : [],
  )
  return declared.includes(name)
    ? undefined
    : `${own?.path ?? 'package.json'} does not declare ${name}`
}

function judgeRelative(path: string, specifier: string): string | undefined {
  if (laws[lawFor(path)]?.packages === everything) return undefined
  const target = posix.join(posix.dirname(path), specifier)
  if (target === 'platform.ts' && laws[lawFor(path)]?.packages.includes(target)) return undefined
  // A path to the folder itself has no file in it, so it is given one.
  return unitOf(`${target}/x`) === unitOf(path)
    ? undefined
    : `${specifier} leaves ${unitOf(path)}: import the package by its name`
}

/** No import goes against the law, leaves its package by a path, or is undeclared. */
export function findUnlawfulImports(tree: Tree): Finding[] {
  const manifests = readManifests(tree)
  const units = new Map(manifests.map(({ name, folder }) => [name, folder]))
  return tree.files.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line }) => {
      const name = packageName(specifier)
      let message: string | undefined
      if (specifier.startsWith('.')) message = judgeRelative(file.path, specifier)
      else if (name.startsWith(scope)) message = judgePackage(file.path, specifier, units.get(name))
      else if (/^[#/]|^(?!node:)\w+:/.test(specifier)) message = undefined
      else message = judgeExternal(file.path, specifier, manifests)
      return message ? [{ file: file.path, line, message }] : []
    }),
  )
}
