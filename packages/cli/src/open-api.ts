import { openApiOf } from '@prognetwork/api-gateway/open-api'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { publicUrlOf, readConfiguration } from './configuration.ts'
import { print } from './speech.ts'

/** `prog openapi`: what a gateway of this configuration answers at /openapi.json. */
export function printOpenApi(definitions: readonly AnyDefinition[], directory: string): void {
  const publicUrl = publicUrlOf(readConfiguration(definitions, directory))
  const contracts = definitions.map((one) => one.contract)
  print(JSON.stringify(openApiOf(contracts, publicUrl), null, 2))
}
