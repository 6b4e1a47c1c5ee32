import type { AnyDefinition } from '../service/definition.ts'

/** Every service after those it needs. Throws for an unknown name and for a cycle. */
export function inStartOrder(definitions: readonly AnyDefinition[]): AnyDefinition[] {
  const byName = new Map(definitions.map((one) => [one.name, one]))
  const ordered = new Set<AnyDefinition>()
  const visit = (definition: AnyDefinition, trail: readonly string[]): void => {
    if (trail.includes(definition.name))
      throw new Error(
        `services need each other in a circle: ${[...trail, definition.name].join(' -> ')}`,
      )
    for (const need of definition.needs) {
      const target = byName.get(need)
      if (!target) throw new Error(`${definition.name} needs ${need}, which there is not`)
      visit(target, [...trail, definition.name])
    }
    ordered.add(definition)
  }
  for (const definition of definitions) visit(definition, [])
  return [...ordered]
}
