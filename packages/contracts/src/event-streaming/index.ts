import { contract } from '../operation.ts'
import { followEvents } from './following.ts'

export * from './following.ts'
export * from './schemas.ts'

export const eventStreamingContract = contract('event-streaming-service', { followEvents })
