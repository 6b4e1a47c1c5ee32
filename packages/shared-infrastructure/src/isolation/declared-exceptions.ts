import { kernelDeclaration } from '../database/kernel-declaration.ts'
import { rolesOf, schemaOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'

/** A policy that shows one role the rows of every tenant in one table. */
export interface DeclaredException {
  readonly table: string
  readonly role: string
  readonly reason: string
}

/** All that definitions allow on purpose; what the kernel allows in every schema stands once. */
export function declaredExceptions(definitions: readonly AnyDefinition[]): DeclaredException[] {
  return [
    ...kernelDeclaration.everyTenant.map((one) => ({ ...one, table: `*.${one.table}` })),
    ...definitions.flatMap(({ name, database }) =>
      (database?.everyTenant ?? []).map(({ table, role, reason }) => ({
        table: `${schemaOf(name)}.${table}`,
        role: role === 'event_writer' ? role : rolesOf(name)[role],
        reason,
      })),
    ),
  ]
}
