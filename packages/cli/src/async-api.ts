import { asyncApiOf } from '@prognetwork/event-streaming-service/async-api'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { publicUrlOf, readConfiguration } from './configuration.ts'
import { print } from './speech.ts'

/** `prog asyncapi`: the events of all services, at the address that the configuration names. */
export function printAsyncApi(definitions: readonly AnyDefinition[], directory: string): void {
  const publicUrl = publicUrlOf(readConfiguration(definitions, directory))
  print(JSON.stringify(asyncApiOf(definitions, publicUrl), null, 2))
}
