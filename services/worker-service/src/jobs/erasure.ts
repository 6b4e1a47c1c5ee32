// What jobs say of a person who is erased is forgotten once they have ended: what they were asked for
// with, and what came of it.
import { subjectErased } from '@prognetwork/contracts/user'
import { on } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'

const eraseJobs = command<[subjectId: string]>(
  'job.erase',
  `update job set input = '{}', result = null
   where requested_by = $1 and state in ('succeeded', 'failed', 'cancelled')`,
)

export const erasure = on(subjectErased, (_ctx, { data }, tx) => tx.run(eraseJobs(data.subjectId)))
