import { subjectErased } from '@prognetwork/contracts/user'
import { type Consumer, on } from '@prognetwork/event-based-service-client'
import { command } from './statement.ts'

/** From then on nobody can read what the service's events say of the subject. */
export const deleteSubjectKey = command<[subjectId: string]>(
  'subject_key.delete',
  'delete from subject_key where subject = $1',
)

/** For every service that publishes personal fields: it consumes `subject.erased`. */
export const forgetErasedSubjects: Consumer = on(subjectErased, (_ctx, { data }, tx) =>
  tx.run(deleteSubjectKey(data.subjectId)),
)
