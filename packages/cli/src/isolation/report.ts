import type { IsolationProof } from './proof.ts'

/** The proof for a person: what was looked at, what is allowed on purpose, what was found. */
export function isolationReport(proof: IsolationProof): string {
  const { schema, rows, routes, findings, exceptions } = proof
  const reasons = exceptions.map(({ table, role, reason }) => `  ${table} to ${role}: ${reason}`)
  return [
    `Laws:   ${schema.tables} tables, ${schema.policies} policies`,
    `Rows:   ${rows.tried.length} tables tried both ways`,
    `Routes: ${routes.operations} operations, ${routes.places} places that take an id, ` +
      `${routes.attempts} attempts`,
    ...list('Held by their laws alone, because nobody has rows in them', rows.empty),
    ...list('Let in operators of the platform and nobody else', routes.forOperators),
    ...list('Show a tenant nothing of its own either', routes.showNothing),
    ...(reasons.length > 0 ? ['Declared: every tenant of one table is open', ...reasons] : []),
    '',
    ...(findings.length === 0
      ? ['No finding: what was tried did not get from one tenant to another.']
      : [
          `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}:`,
          ...findings.map(({ where, what }) => `  ${where}: ${what}`),
        ]),
  ].join('\n')
}

function list(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title}:`, ...names.map((name) => `  ${name}`)]
}
