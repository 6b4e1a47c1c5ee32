import { common, type ProblemDetails, problemStatus } from '@prognetwork/contracts'
import { Problem, Unavailable } from '../service/failure.ts'

/** A failure as it travels. */
export interface ProblemReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ProblemDetails
}

/** What Fastify itself refuses before a handler runs, in our words. */
const frameworkProblems: Readonly<Record<string, () => Problem>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new Problem(common.bodyMalformed, 'The body could not be read as JSON (RFC 8259)'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () =>
    new Problem(common.bodyMalformed, 'The body is empty; a JSON document was expected'),
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new Problem(common.bodyTooLarge, 'The body is larger than the operation accepts'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem(common.bodyMalformed, 'The body is not as long as its Content-Length says'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem(common.contentTypeUnsupported, 'The body must be application/json'),
  FST_ERR_BAD_URL: () =>
    new Problem(common.requestInvalid, 'The address has a broken percent-encoding'),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    new Problem(common.requestInvalid, 'A part of the address is too long'),
}

/** Problem details (RFC 9457) of whatever was thrown. The message of a bug never leaves. */
export function problemReply(thrown: unknown, traceId: string): ProblemReply {
  const error = known(thrown)
  if (error instanceof Problem) {
    const { kind, code, title } = error.definition
    const status = problemStatus[kind]
    return {
      status,
      headers: error.headers,
      body: {
        ...base(code, title, status, error.message, traceId),
        ...(error.errors && { errors: [...error.errors] }),
      },
    }
  }
  if (error instanceof Unavailable)
    return {
      status: 503,
      headers: { 'retry-after': String(error.retryAfterSeconds) },
      body: base(
        'service.unavailable',
        'A part of the platform does not answer',
        503,
        'Try again shortly',
        traceId,
      ),
    }
  return {
    status: 500,
    headers: {},
    body: base(
      'service.failed',
      'Something is wrong on our side',
      500,
      `Tell support the trace id ${traceId}`,
      traceId,
    ),
  }
}

/** True for what the caller or the world did; anything else is a bug and is logged as one. */
export function isExpected(thrown: unknown): boolean {
  const error = known(thrown)
  return error instanceof Problem || error instanceof Unavailable
}

function known(thrown: unknown): unknown {
  if (thrown instanceof Problem || thrown instanceof Unavailable) return thrown
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown
  const make = frameworkProblems[String(thrown.code)]
  if (make) return make()
  // secure-json-parse refuses __proto__ and constructor.prototype with a plain 400.
  if ('statusCode' in thrown && thrown.statusCode === 400)
    return new Problem(common.bodyMalformed, 'The body could not be read', { cause: thrown })
  return thrown
}

function base(
  code: string,
  title: string,
  status: number,
  detail: string,
  traceId: string,
): ProblemDetails {
  return { type: `urn:prognetwork:problem:${code}`, title, status, code, detail, traceId }
}
