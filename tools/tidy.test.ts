import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findUnreadKeys } from './tidy/configuration-key.ts'
import { findBadNames, findLongFiles, findStrayDocuments } from './tidy/file-name.ts'
import { findEnvironmentReads, findForbiddenWords } from './tidy/forbidden-word.ts'
import { findUnlawfulImports } from './tidy/law-of-imports.ts'
import { findLooseVersions, findRegistries } from './tidy/manifest.ts'
import { findRealTime } from './tidy/real-time.ts'
import { type Rule, tidy } from './tidy.ts'

function createTree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'tidy-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  execFileSync('git', ['init', '--quiet', root])
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** The findings of one rule as `file:line`, with what the message says of it. */
function findingsOf(rule: Rule, files: Record<string, string>): string[] {
  const { findings } = tidy(createTree(files), [rule])
  return findings.map(({ file, line, message }) => `${file}:${line} ${message}`)
}

const manifest = (name: string, dependencies: Record<string, string> = {}) =>
  JSON.stringify({ name: `@prognetwork/${name}`, exports: { '.': './src/index.ts' }, dependencies })

const packages = {
  'package.json': JSON.stringify({ name: 'root', devDependencies: { vitest: '1.0.0' } }),
  'packages/contracts/package.json': manifest('contracts', { zod: '4.0.0' }),
  'packages/environment-configuration/package.json': manifest('environment-configuration'),
  'packages/event-based-service-client/package.json': manifest('event-based-service-client'),
  'packages/shared-infrastructure/package.json': manifest('shared-infrastructure', { pg: '8.0.0' }),
  'packages/testing/package.json': manifest('testing'),
  'packages/ui/package.json': manifest('ui'),
  'packages/cli/package.json': manifest('cli'),
  'services/order-service/package.json': manifest('order-service', { stripe: '1.0.0' }),
  'services/user-service/package.json': manifest('user-service'),
  'clients/admin-client/package.json': manifest('admin-client'),
}
const imports = (...specifiers: string[]) =>
  specifiers.map((specifier) => `import '${specifier}'\n`).join('')

test('the tree of this repository is tidy', () => {
  expect(tidy(resolve(import.meta.dirname, '..')).findings).toEqual([])
})

test('a service imports packages, but no service, command, test tool or path out of itself', () => {
  const found = findingsOf(findUnlawfulImports, {
    ...packages,
    'services/order-service/src/service.ts': imports(
      '@prognetwork/contracts/order',
      '@prognetwork/user-service',
      '@prognetwork/cli',
      '@prognetwork/testing',
      '../../user-service/src/service.ts',
      './checkout/checkout.ts',
      '@prognetwork/nothing',
    ),
    'services/order-service/test/orders.test.ts': imports(
      '@prognetwork/testing',
      '../src/service.ts',
    ),
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual(
    [2, 3, 4, 5, 7].map((line) => `services/order-service/src/service.ts:${line}`),
  )
})

test('imports of every form are seen, and none in comments, strings and templates', () => {
  const found = findingsOf(findUnlawfulImports, {
    ...packages,
    'core/api-gateway/package.json': manifest('api-gateway'),
    'core/api-gateway/src/service.ts': [
      `import user, {`,
      `  type Session,`,
      `} from '@prognetwork/user-service'`,
      `export * from "@prognetwork/user-service"`,
      `const late = await import('@prognetwork/user-service')`,
      `type Definition = typeof import('@prognetwork/user-service')`,
      `// import '@prognetwork/user-service'`,
      `/* from '@prognetwork/user-service' */`,
      `const text = "from '@prognetwork/user-service'"`,
      'const more = `import "@prognetwork/user-service"`',
      `const list = Array.from('@prognetwork/user-service')`,
    ].join('\n'),
  })
  expect(found.map((text) => text.split(' ')[0]?.split(':')[1])).toEqual(['3', '4', '5', '6'])
})

test('a package imports only what stands below it', () => {
  const found = findingsOf(findUnlawfulImports, {
    ...packages,
    'packages/contracts/src/index.ts': imports('zod', 'node:fs', '@prognetwork/testing'),
    'packages/contracts/src/order/order.test.ts': imports(
      'vitest',
      'node:fs',
      '@prognetwork/testing',
    ),
    'packages/environment-configuration/src/a.ts': imports(
      'node:fs',
      'pg',
      '@prognetwork/contracts',
    ),
    'packages/event-based-service-client/src/a.ts': imports(
      '@prognetwork/contracts',
      '@prognetwork/shared-infrastructure',
    ),
    'packages/shared-infrastructure/src/a.ts': imports(
      '@prognetwork/event-based-service-client',
      '@prognetwork/ui',
      '../../contracts/src/index.ts',
      'pg',
    ),
    'packages/testing/src/a.ts': imports('@prognetwork/cli', '@prognetwork/user-service', 'vitest'),
    'packages/cli/src/a.ts': imports('@prognetwork/user-service', '../../../platform.ts'),
    'platform.ts': imports('@prognetwork/user-service'),
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual([
    'packages/contracts/src/index.ts:2',
    'packages/contracts/src/index.ts:3',
    'packages/environment-configuration/src/a.ts:2',
    'packages/environment-configuration/src/a.ts:3',
    'packages/event-based-service-client/src/a.ts:2',
    'packages/shared-infrastructure/src/a.ts:2',
    'packages/shared-infrastructure/src/a.ts:3',
    'packages/testing/src/a.ts:2',
  ])
})

test('the browser half of a client has no node modules and only contracts and ui', () => {
  const found = findingsOf(findUnlawfulImports, {
    ...packages,
    'clients/admin-client/app/orders.tsx': imports(
      '@prognetwork/contracts/order',
      '@prognetwork/ui',
      '@prognetwork/shared-infrastructure/client',
      'node:fs',
      'path',
    ),
    'clients/admin-client/server/serve.ts': imports(
      'node:http',
      '@prognetwork/shared-infrastructure/client',
      '@prognetwork/shared-infrastructure',
    ),
    'clients/admin-client/vite.config.ts': imports('node:path'),
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual([
    'clients/admin-client/app/orders.tsx:3',
    'clients/admin-client/app/orders.tsx:4',
    'clients/admin-client/app/orders.tsx:5',
    'clients/admin-client/server/serve.ts:3',
  ])
})

test('a package declares what it takes from npm; tests may use what the root declares', () => {
  const found = findingsOf(findUnlawfulImports, {
    ...packages,
    'services/order-service/src/a.ts': imports('stripe/lib/x', '@scope/missing/y', 'vitest'),
    'services/order-service/src/a.test.ts': imports('vitest'),
  })
  expect(found).toEqual([
    'services/order-service/src/a.ts:2 services/order-service/package.json does not declare @scope/missing',
    'services/order-service/src/a.ts:3 services/order-service/package.json does not declare vitest',
  ])
})

test('names that say nothing, or are not kebab-case, are found', () => {
  const found = findingsOf(findBadNames, {
    ...packages,
    'services/order-service/src/utils.ts': '',
    'services/order-service/src/order.types.ts': '',
    'services/order-service/src/order-helpers.ts': '',
    'services/order-service/src/common/order.ts': '',
    'services/order-service/src/orderLines.ts': '',
    'services/order-service/src/checkout/index.ts': '',
    'services/order-service/src/checkout/checkout.store.test.ts': '',
    'services/order-service/migrations/0001_create_orders.sql': '',
    'packages/contracts/src/index.ts': '',
    'deploy/kubernetes/base/gateway.yaml': '',
  })
  expect(found.map((text) => text.split(':')[0])).toEqual([
    'services/order-service/src/checkout/index.ts',
    'services/order-service/src/common/order.ts',
    'services/order-service/src/order-helpers.ts',
    'services/order-service/src/order.types.ts',
    'services/order-service/src/orderLines.ts',
    'services/order-service/src/utils.ts',
  ])
})

test('an index stands only where the exports of its package name it', () => {
  const exported = JSON.stringify({
    name: '@prognetwork/contracts',
    exports: { './*': './src/*/index.ts' },
  })
  const found = findingsOf(findBadNames, {
    'packages/contracts/package.json': exported,
    'packages/contracts/src/order/index.ts': '',
    'packages/contracts/src/order/deep/index.ts': '',
  })
  expect(found).toEqual([
    'packages/contracts/src/order/deep/index.ts:1 index is only for the root of a package',
  ])
})

test('a file of more than 400 lines is found, but not tables, migrations and contracts', () => {
  const found = findingsOf(findLongFiles, {
    'services/a/src/long.ts': 'x\n'.repeat(401),
    'services/a/src/full.ts': 'x\n'.repeat(400),
    'services/a/src/tables.ts': 'x\n'.repeat(900),
    'services/a/migrations/0001_a.sql': 'x\n'.repeat(900),
    'packages/contracts/src/a/index.ts': 'x\n'.repeat(900),
  })
  expect(found).toEqual([expect.stringMatching(/^services\/a\/src\/long\.ts:401 401 lines/)])
})

test('documents stand at the root by name, one in a package, and freely in docs', () => {
  const found = findingsOf(findStrayDocuments, {
    ...packages,
    'README.md': '',
    'SUMMARY.md': '',
    'docs/how-to/add-a-service.md': '',
    'services/order-service/README.md': '',
    'services/order-service/NOTES.md': '',
  })
  expect(found.map((text) => text.split(':')[0])).toEqual([
    'services/order-service/NOTES.md',
    'SUMMARY.md',
  ])
})

test('real time is found in code, in SQL and in the SQL of code', () => {
  const rule: Rule = (tree) => findRealTime(tree, [])
  const found = findingsOf(rule, {
    'services/a/src/a.ts': [
      'const a = Date.now()',
      'const b = new Date()',
      'const c = new Date',
      "const d = [new Date(ctx.now), new Date('2020-01-01'), new Date(`x`)]",
      'const e = sql`select 1 where due_at < now()`',
      "const f = 'CURRENT_TIMESTAMP'",
      'const g = performance.now() + ctx.now() + now()',
      'const h = timestamp().defaultNow()',
      '// Date.now() and now()',
      'type Clock = () => Date',
    ].join('\n'),
    'services/a/migrations/0001_a.sql':
      '-- now()\ncreate table a (at timestamptz default now());\n',
    'services/a/src/a.test.ts': 'Date.now()',
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual([
    'services/a/migrations/0001_a.sql:2',
    ...[1, 2, 3, 5, 6, 8].map((line) => `services/a/src/a.ts:${line}`),
  ])
})

test('an allowed place is quiet, and an allowance without use is found', () => {
  const rule: Rule = (tree) =>
    findRealTime(tree, [
      { path: 'core/', reason: 'used' },
      { path: 'services/a.ts', reason: 'used' },
      { path: 'services/b.ts', reason: 'no use of real time' },
      { path: 'bench/', reason: 'no files' },
    ])
  const found = findingsOf(rule, {
    'core/a.ts': 'Date.now()',
    'services/a.ts': 'Date.now()',
    'services/b.ts': '1',
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual(['bench/:1', 'services/b.ts:1'])
})

test('the environment is read nowhere else, under no disguise', () => {
  const rule: Rule = (tree) => findEnvironmentReads(tree, [])
  const found = findingsOf(rule, {
    'services/a/src/a.ts': [
      'const a = process.env.A',
      "const text = 'process.env'",
      "import { argv, env } from 'node:process'",
      'const b = process .env',
      "const c = process['env']",
      'const { env } = process',
      'const d = process?.env',
      'type Env = NodeJS.ProcessEnv',
    ].join('\n'),
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual(
    [1, 3, 4, 5, 6, 7].map((line) => `services/a/src/a.ts:${line}`),
  )
})

test('words that put things off are found, and console.log in programs', () => {
  const found = findingsOf(findForbiddenWords, {
    'services/a/src/a.ts': [
      `// ${'TO'}DO later`,
      `throw new Error('Not ${'im'}plemented')`,
      `const todo = 'XXXXXX hacks'`,
      'console.log(1)',
      "const text = 'console.log'",
    ].join('\n'),
    'services/a/migrations/0001_a.sql': `-- ${'FIX'}ME`,
    'tools/a.mjs': 'console.log(1)',
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual([
    'services/a/migrations/0001_a.sql:1',
    'services/a/src/a.ts:1',
    'services/a/src/a.ts:2',
    'services/a/src/a.ts:4',
  ])
})

test('a dependency has one exact version in the whole tree', () => {
  const found = findingsOf(findLooseVersions, {
    'package.json': JSON.stringify({ devDependencies: { zod: '4.0.0', pg: '^8.0.0' } }, null, 2),
    'packages/a/package.json': JSON.stringify({ dependencies: { zod: '4.0.1' } }, null, 2),
    'packages/b/package.json': JSON.stringify({ dependencies: { zod: '4.0.0-beta.1' } }, null, 2),
  })
  expect(found).toEqual([
    'package.json:4 pg needs an exact version, not ^8.0.0',
    'packages/a/package.json:3 zod is 4.0.1 here and 4.0.0 in package.json',
    'packages/b/package.json:3 zod is 4.0.0-beta.1 here and 4.0.0 in package.json',
  ])
})

test('no file names a registry, and no lockfile an address', () => {
  const found = findingsOf(findRegistries, {
    '.npmrc': `x=1\nregistry=https://${'registry'}.acme.io/`,
    'docs/a.md': `see http://${'proxy'}.acme.io and https://proxy.example and https://example.com/registry.`,
    'package-lock.json': `{ "resolved": "packages/a",\n"resolved": "https:${'/'}/acme.io/a.tgz" }`,
  })
  expect(found.map((text) => text.split(' ')[0])).toEqual([
    '.npmrc:2',
    'docs/a.md:1',
    'package-lock.json:2',
  ])
})

test('a declared key of the configuration that nothing reads is found', () => {
  const found = findingsOf(findUnreadKeys, {
    'services/a/src/service.ts': [
      'export default defineService({',
      '  config: z.object({',
      '    used: z.coerce.number().default(1),',
      '    taken: z.enum(["idle", "busy"]).default("idle"),',
      '    idle: z.object({ inner: z.string() }).optional(),',
      '  }),',
      '  start({ config }) { const { taken } = config; return config.used },',
      '})',
    ].join('\n'),
    'services/b/src/b.ts': 'config.idle',
    'packages/c/src/keys.ts': [
      "const keys = declareConfiguration({ owner: 'platform', schema: z.object({",
      '  storageKey: z.string(),',
      '  forgotten: z.string(),',
      '}) })',
    ].join('\n'),
    'services/b/src/c.ts': 'platform.storageKey',
    'services/b/src/c.test.ts': 'platform.forgotten',
  })
  expect(found).toEqual([
    'packages/c/src/keys.ts:3 nothing reads the configuration key forgotten',
    'services/a/src/service.ts:5 nothing reads the configuration key idle',
  ])
})

test('what git ignores is left out, and all that it lists is seen', () => {
  const root = createTree({
    '.gitignore': 'node_modules/\n/clients/*/generated/\n*.log\n',
    'a.ts': '',
    'deep/b.ts': '',
    'clients/a/generated/c.ts': '',
    'node_modules/d.js': '',
    'e.log': '',
  })
  expect(tidy(root, [(tree) => tree.findings])).toEqual({ filesSeen: 3, findings: [] })
})

test('a file that git lists and the walk misses makes the tree untidy', () => {
  const root = createTree({ 'a.ts': '', 'node_modules/kept.js': '' })
  expect(tidy(root, [(tree) => tree.findings]).findings).toMatchObject([
    { file: 'node_modules/kept.js', message: 'git lists this file, tidy did not see it' },
  ])
})

test('a tree without files is not tidy', () => {
  expect(tidy(createTree({}), [(tree) => tree.findings]).findings).toHaveLength(1)
})
