import { contract } from '../operation.ts'
import { problem } from '../problem.ts'

/** The gateway answers what it knows itself (health, documents) outside of any contract. */
export const gatewayContract = contract('api-gateway', {})

/** Permissions for what the gateway tells operators about itself. */
export const gatewayPermissions = {
  readMetrics: 'gateway:metrics:read',
  readDebugVariables: 'gateway:debug:read',
} as const

/** What a gateway refuses before it looks for an operation. */
export const requestMalformed = problem(
  'invalid',
  'request.malformed',
  'The request is not HTTP as RFC 9110 and RFC 9112 write it',
)

/** What the server of a web client refuses for a browser's sake. */
export const crossSiteRefused = problem(
  'forbidden',
  'request.cross_site_refused',
  'The request was not made by a page of this site',
)

/** Refusals of the connection itself, with statuses that no operation answers. */
export const connectionProblems = {
  timedOut: {
    status: 408,
    code: 'request.timed_out',
    title: 'The request did not arrive in time',
  },
  expectationUnknown: {
    status: 417,
    code: 'request.expectation_unknown',
    title: 'The expectation cannot be met',
  },
} as const
