import { STATUS_CODES } from 'node:http'
import {
  common,
  type NamedOperation,
  type ProblemDefinition,
  problemStatus,
} from '@prognetwork/contracts'

interface Reference {
  readonly $ref: string
}

/** The problem replies of a document: equal ones are written once and referred to. */
export interface ProblemReplies {
  /** One reply per status, each with the codes it may carry. */
  of(operation: NamedOperation): Record<string, Reference>
  /** For `components.responses`. */
  all(): Record<string, object>
}

export function createProblemReplies(): ProblemReplies {
  const names = new Map<string, string>()
  const replies: Record<string, object> = { Failure: failure }
  const refer = (status: number, problems: readonly ProblemDefinition[]): Reference => {
    const reply = replyOf(status, problems)
    const text = JSON.stringify(reply)
    let name = names.get(text)
    if (name === undefined) {
      const word = (STATUS_CODES[status] ?? '').replaceAll(/\W/g, '')
      const taken = [...names.values()].filter((one) => one.split('-')[0] === word).length
      name = taken === 0 ? word : `${word}-${taken + 1}`
      names.set(text, name)
      replies[name] = reply
    }
    return { $ref: `#/components/responses/${name}` }
  }
  return {
    of(operation) {
      const byStatus = Map.groupBy(problemsOf(operation), (one) => problemStatus[one.kind])
      const sorted = [...byStatus].sort(([one], [other]) => one - other)
      return {
        ...Object.fromEntries(
          sorted.map(([status, problems]) => [String(status), refer(status, problems)]),
        ),
        default: { $ref: '#/components/responses/Failure' },
      }
    },
    all: () => replies,
  }
}

/** What the operation declares, and what its declaration makes possible. */
function problemsOf({ shape }: NamedOperation): ProblemDefinition[] {
  const { auth, params, query, body, idempotent } = shape
  return [
    ...(params || query || body ? [common.requestInvalid] : []),
    ...(body ? [common.bodyMalformed, common.bodyTooLarge, common.contentTypeUnsupported] : []),
    ...('public' in auth
      ? [common.tenantMissing]
      : [common.credentialMissing, common.credentialInvalid, common.tenantMismatch]),
    ...('permission' in auth ? [common.permissionDenied] : []),
    ...(idempotent
      ? [common.idempotencyKeyInvalid, common.idempotencyInFlight, common.idempotencyMismatch]
      : []),
    ...(shape.problems ?? []),
    common.rateLimited,
  ]
}

function replyOf(status: number, problems: readonly ProblemDefinition[]): object {
  const [first] = problems
  return {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    ...(status === problemStatus.limited && {
      headers: {
        'Retry-After': {
          description: 'Seconds until it is worth asking again',
          schema: { type: 'integer' },
        },
      },
    }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/ProblemDetails' },
            { properties: { code: { enum: problems.map(({ code }) => code) } } },
          ],
        },
        ...(first && { example: exampleOf(first, status) }),
      },
    },
  }
}

function exampleOf({ code, title }: ProblemDefinition, status: number): object {
  return { type: `urn:prognetwork:problem:${code}`, title, status, code, detail: title }
}

const failure = {
  description: 'Something is wrong on our side; `traceId` lets support find out what',
  content: {
    'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } },
  },
}
