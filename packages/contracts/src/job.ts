import { z } from 'zod'
import { event } from './event.ts'
import { examples } from './examples.ts'
import { id, personal } from './shapes.ts'

/** One kind of tracked job: what it takes, and what it answers when it is done. */
export interface JobKind<
  Input extends z.ZodType = z.ZodType,
  Result extends z.ZodObject = z.ZodObject,
> {
  /** `catalogue_export`; unique in its service. */
  readonly name: string
  readonly input: Input
  readonly result: Result
  /** How often it is tried while it fails for a reason that may pass. */
  readonly attempts: number
}

export function jobKind<Input extends z.ZodType, Result extends z.ZodObject>(
  name: string,
  shape: { readonly input: Input; readonly result: Result; readonly attempts?: number },
): JobKind<Input, Result> {
  return { attempts: 5, ...shape, name }
}

/**
 * The event by which one service asks for its jobs, `<service>_job.requested`: an event is published
 * by one service. What a job is given, and who it is for, are the requester's and erased with them.
 */
export function jobRequested<const Service extends string>(service: Service) {
  return event(
    `${service}_job.requested` as const,
    1,
    z.object({
      jobId: id('job'),
      kind: z.string(),
      requestedBy: z.string(),
      /** Of jobs of one tenant, the higher goes first. */
      priority: z.int(),
      attempts: z.int(),
      /** JSON text of input and principal. */
      work: personal(z.string(), 'requestedBy'),
    }),
    {
      key: 'jobId',
      example: {
        jobId: examples.id(30),
        kind: 'catalogue_export',
        requestedBy: examples.id(),
        priority: 0,
        attempts: 5,
        work: '{}',
      },
    },
  )
}
export type JobRequested = ReturnType<typeof jobRequested>
