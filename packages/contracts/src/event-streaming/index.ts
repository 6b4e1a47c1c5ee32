import { contract } from '../operation.ts'

export const eventStreamingContract = contract('event-streaming-service', {})
