import { contract } from '../operation.ts'

/** The gateway answers what it knows itself (health, documents) outside of any contract. */
export const gatewayContract = contract('api-gateway', {})
