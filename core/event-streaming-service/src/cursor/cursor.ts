import { incarnationEnded } from '@prognetwork/contracts/event-streaming'
import { Problem, readCursor, writeCursor } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'

/** A place in one life of one log. */
export interface Place {
  readonly incarnation: string
  readonly position: number
}

const log = 'domain'
const values = z.tuple([z.literal(log), z.uuid(), z.int().min(0)])

/** The opaque token that outsiders keep; it says the same in every process and after a restart. */
export function cursorOf({ incarnation, position }: Place): string {
  return writeCursor([log, incarnation, position])
}

/**
 * The position a cursor stands for, in the log as it is now. Throws `request.invalid` for what is no
 * cursor, and `event_streaming.incarnation_ended` for one of a life of the log that is over: also
 * when nobody has said so, and the log ends before a place that it once gave out.
 */
export function positionAfter(cursor: string, now: Place): number {
  const read = readCursor(cursor, values)
  if (!read) throw new Error('a cursor was given')
  const [, incarnation, position] = read
  if (position > now.position) throw ended(now)
  return positionIn({ incarnation, position }, now)
}

/** The position of a place that is kept here, which may be newer than `now`. Throws as above. */
export function positionIn({ incarnation, position }: Place, now: Place): number {
  if (incarnation !== now.incarnation) throw ended(now)
  return position
}

function ended(now: Place): Problem {
  const detail = `Load what you keep again, and go on after the cursor ${cursorOf(now)}`
  return new Problem(incarnationEnded, detail)
}
