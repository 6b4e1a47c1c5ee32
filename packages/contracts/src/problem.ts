import { z } from 'zod'

/** What the caller did wrong, in transport-neutral words, and the HTTP status each becomes. */
export const problemStatus = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  method: 405,
  conflict: 409,
  gone: 410,
  precondition: 412,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
  precondition_required: 428,
  limited: 429,
  headers_too_large: 431,
} as const
export type ProblemKind = keyof typeof problemStatus

/** One kind of failure the caller can act on. `code` is `service.noun_state` and never changes. */
export interface ProblemDefinition {
  readonly kind: ProblemKind
  readonly code: string
  /** The same sentence at every occurrence (RFC 9457, section 3.1.3). */
  readonly title: string
}

export function problem(kind: ProblemKind, code: string, title: string): ProblemDefinition {
  return { kind, code, title }
}

/** What was expected of a field and not found. */
const expectationCodes = [
  ...([
    'min_length',
    'max_length',
    'min_items',
    'max_items',
    'min',
    'max',
    'above',
    'below',
  ] as const),
  ...(['email', 'url', 'moment', 'number', 'pattern', 'choice', 'unknown_field'] as const),
] as const
export type ExpectationCode = (typeof expectationCodes)[number]

/** Problem details as they travel: `application/problem+json`, RFC 9457. */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  traceId: z.string().optional(),
  /** Where the input is wrong: a JSON pointer (RFC 6901) into body, query, params or headers. */
  errors: z
    .array(
      z.object({
        pointer: z.string(),
        expected: z.string(),
        /** What is expected, for those who say it in words of their own; with its limit. */
        code: z.enum(expectationCodes).optional(),
        limit: z.number().optional(),
        detail: z.string(),
      }),
    )
    .optional(),
})
export type ProblemDetails = z.infer<typeof problemDetails>

/** Problems every operation may answer; they are documented once and not listed by operations. */
export const common = {
  requestInvalid: problem('invalid', 'request.invalid', 'The request does not fit the operation'),
  bodyMalformed: problem('invalid', 'request.body_malformed', 'The body is not valid JSON'),
  bodyTooLarge: problem('too_large', 'request.body_too_large', 'The body is too large'),
  contentTypeUnsupported: problem(
    'unsupported',
    'request.content_type_unsupported',
    'The content type is not accepted here',
  ),
  routeMissing: problem('missing', 'request.route_missing', 'There is no such operation'),
  methodNotAllowed: problem(
    'method',
    'request.method_not_allowed',
    'The operation exists under another method',
  ),
  headersTooLarge: problem(
    'headers_too_large',
    'request.headers_too_large',
    'Address and headers are too large',
  ),
  credentialMissing: problem(
    'unauthenticated',
    'identity.credential_missing',
    'This operation needs a credential',
  ),
  credentialInvalid: problem(
    'unauthenticated',
    'identity.credential_invalid',
    'The credential is not valid',
  ),
  permissionDenied: problem(
    'forbidden',
    'identity.permission_denied',
    'The credential does not allow this',
  ),
  tenantMismatch: problem(
    'forbidden',
    'identity.tenant_mismatch',
    'Credential and address name different tenants',
  ),
  tenantMissing: problem('missing', 'identity.tenant_missing', 'There is no such tenant'),
  tenantSuspended: problem('forbidden', 'identity.tenant_suspended', 'The tenant is suspended'),
  idempotencyKeyInvalid: problem(
    'invalid',
    'idempotency.key_invalid',
    'The Idempotency-Key cannot be used',
  ),
  idempotencyInFlight: problem(
    'conflict',
    'idempotency.in_flight',
    'The first request with this Idempotency-Key is still being carried out',
  ),
  idempotencyMismatch: problem(
    'unprocessable',
    'idempotency.body_mismatch',
    'This Idempotency-Key was used with another request',
  ),
  rateLimited: problem('limited', 'request.rate_limited', 'Too many requests'),
} as const
