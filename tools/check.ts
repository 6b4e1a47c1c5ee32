// Everything that is checked without running the product: `npm run check`, or some by their names.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../packages/environment-configuration/src/index.ts'
import { binary, root, runCommand } from './command.ts'

interface Check {
  readonly name: string
  readonly words: readonly string[]
}

const checks: readonly Check[] = [
  { name: 'biome', words: [binary('biome'), 'check', '--error-on-warnings', '--colors=off', '.'] },
  { name: 'tsc', words: [binary('tsc'), '-p', '.'] },
  { name: 'clients', words: [binary('tsc'), '-p', 'tsconfig.clients.json'] },
  { name: 'tidy', words: [process.execPath, join(root, 'tools', 'tidy.ts')] },
  {
    name: 'schemas',
    words: [process.execPath, join(root, 'tools', 'released-schemas.ts')],
  },
  { name: 'knip', words: [binary('knip'), '--no-progress'] },
]

/** True when the check found nothing. */
async function passes({ name, words: [file = '', ...words] }: Check): Promise<boolean> {
  const began = performance.now()
  const { code, output } = await runCommand(file, words, { isShown: false, env: environment })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const result = code === 0 ? 'ok' : 'failed'
  process.stdout.write(`${name.padEnd(7)} ${result.padEnd(6)} ${seconds.padStart(5)} s\n`)
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n\n`)
  return code === 0
}

const asked = process.argv.slice(2)
const strange = asked.find((name) => !checks.some((check) => check.name === name))
if (strange !== undefined) {
  const names = checks.map(({ name }) => name).join(', ')
  process.stderr.write(`There is no check ${strange}, only ${names}.\n`)
  process.exit(2)
}
const failed: string[] = []
for (const check of checks) {
  if (asked.length > 0 && !asked.includes(check.name)) continue
  if (check.name === 'knip' && !existsSync(join(root, 'knip.json'))) {
    process.stdout.write('knip   left out: there is no knip.json\n')
  } else if (!(await passes(check))) failed.push(check.name)
}
process.exitCode = failed.length > 0 ? 1 : 0
