import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyDefinition, isEdge } from '@prognetwork/shared-infrastructure/host'

const block = /(<!-- components:[^\n]*-->\n)[\s\S]*?(<!-- \/components -->)/

/** The README with its table of components as the definitions say it now. */
export function derivedReadme(directory: string, definitions: readonly AnyDefinition[]): string {
  const readme = readFileSync(join(directory, 'README.md'), 'utf8')
  if (!block.test(readme)) throw new Error('README.md has lost the marks of its components table')
  return readme.replace(block, (_, open, close) => `${open}${components(definitions)}\n${close}`)
}

/** `prog documents`: writes what documents say of the definitions. */
export function writeDocuments(directory: string, definitions: readonly AnyDefinition[]): void {
  writeFileSync(join(directory, 'README.md'), derivedReadme(directory, definitions))
}

function components(definitions: readonly AnyDefinition[]): string {
  const rows = [...definitions]
    .sort((one, other) => one.port - other.port)
    .map((one) => {
      const zone = isEdge(one) ? 'public' : 'service'
      const operations = Object.keys(one.contract.operations).length
      return `| ${one.name} | ${one.port} | ${zone} | ${one.summary} | ${operations} | ${one.publishes.length} |`
    })
  return [
    '| component | port | zone | what it does | operations | events |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
