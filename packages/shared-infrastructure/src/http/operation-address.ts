import type { NamedOperation } from '@prognetwork/contracts'
import type { RawInput } from '../host/operation.ts'

/** Path and query of a call, as the contract writes them. */
export function addressOf(operation: NamedOperation, input: RawInput): string {
  const params = input.params as Record<string, unknown> | undefined
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params?.[name])),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const one of [value].flat()) if (one !== undefined) query.append(name, String(one))
  return query.size === 0 ? path : `${path}?${query}`
}
