import { contract } from '../operation.ts'
import { followEvents } from './following.ts'
import {
  checkCompatibility,
  listSchemas,
  listSchemaVersions,
  readSchemaVersion,
  registerSchema,
} from './schemas.ts'

export * from './following.ts'
export * from './schemas.ts'

export const eventStreamingContract = contract('event-streaming-service', {
  followEvents,
  listSchemas,
  listSchemaVersions,
  readSchemaVersion,
  registerSchema,
  checkCompatibility,
})
