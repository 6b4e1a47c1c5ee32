import type {
  Context,
  EventContract,
  JobKind,
  JobRequested,
  Statement,
} from '@prognetwork/contracts'
import type { z } from 'zod'
import type { EventPublisher } from '../service/definition.ts'
import { newId } from '../service/identifier.ts'

/** A job that is asked for as soon as its statement is committed. */
interface SubmittedJob {
  readonly id: string
  readonly statement: Statement
}

/** Asks for tracked jobs of the service's own kinds. */
export interface JobDoor {
  /**
   * `id` names the effect: asked for twice it is done once. Of jobs of one tenant those of the
   * higher priority go first.
   */
  submit<Kind extends JobKind>(
    ctx: Context,
    kind: Kind,
    input: z.input<Kind['input']>,
    options?: { readonly id?: string; readonly priority?: number },
  ): Promise<SubmittedJob>
}

/** The kinds of tracked jobs that a service carries out, and the event by which it asks for one. */
export interface WorkDeclaration {
  readonly requested: JobRequested
  readonly kinds: readonly JobKind[]
}

export function createJobDoor(
  service: string,
  work: WorkDeclaration | undefined,
  events: EventPublisher,
): JobDoor {
  return {
    async submit(ctx, kind, input, { id = newId(), priority = 0 } = {}) {
      if (!work?.kinds.includes(kind))
        throw new Error(`${service} asks for ${kind.name} without declaring it`)
      const { principal } = ctx
      const statement = await events.put(ctx, work.requested, {
        jobId: id,
        kind: kind.name,
        requestedBy: principal.subject,
        priority,
        attempts: kind.attempts,
        work: JSON.stringify({
          input: kind.input.parse(input),
          principal: { ...principal, permissions: [...principal.permissions] },
        }),
      })
      return { id, statement }
    },
  }
}

/** What a service carries out is declared, and asked for by an event of its own, or nothing starts. */
export function checkWork(
  service: string,
  declared: WorkDeclaration | undefined,
  published: readonly EventContract[],
  carriedOut: readonly JobKind[],
): void {
  const kinds = declared?.kinds ?? []
  const wrong = [
    ...kinds.flatMap(({ name }) =>
      carriedOut.some((one) => one.name === name) ? [] : [`nothing carries out ${name}`],
    ),
    ...carriedOut.flatMap((kind) =>
      kinds.includes(kind) ? [] : [`${kind.name} is carried out and not declared`],
    ),
    ...(declared && !published.includes(declared.requested)
      ? [`${declared.requested.type} is not published`]
      : []),
  ]
  if (wrong.length > 0) throw new Error(`${service}: ${wrong.join('; ')}`)
}
