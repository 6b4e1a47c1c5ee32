import { common, type LogName, logNames } from '@prognetwork/contracts'
import { eventsDropped, incarnationEnded } from '@prognetwork/contracts/event-streaming'
import { Problem, readCursor, writeCursor } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'

/** One life of one log. */
export interface Life {
  readonly log: LogName
  readonly incarnation: string
}

/** A place in one life of one log. */
export interface Place extends Life {
  readonly position: number
}

/** Where a log ends now. */
export interface Head extends Place {
  /** Everything after it is still there. */
  readonly floor: number
}

const values = z.tuple([z.enum(logNames), z.uuid(), z.int().min(0)])

/** The opaque token that outsiders keep; it says the same in every process and after a restart. */
export function cursorOf({ log, incarnation, position }: Place): string {
  return writeCursor([log, incarnation, position])
}

/** The log that is meant by whoever names it, or a place in it, or neither. */
export function logOf(named: LogName | undefined, cursor: string | undefined): LogName {
  return named ?? readCursor(cursor, values)?.[0] ?? 'domain'
}

/** The place a cursor names, whether or not the log still has it. */
export function placeOf(cursor: string): Place {
  const read = readCursor(cursor, values)
  if (!read) throw new Error('a cursor was given')
  const [log, incarnation, position] = read
  return { log, incarnation, position }
}

/**
 * The position a cursor stands for, in the log as it is now. Throws `request.invalid` for what is no
 * cursor of this log, and `event_streaming.incarnation_ended` for one of a life of it that is over:
 * also when nobody has said so, and the log ends before a place that it once gave out.
 */
export function positionAfter(cursor: string, now: Place): number {
  const { log, incarnation, position } = placeOf(cursor)
  if (log !== now.log)
    throw new Problem(common.requestInvalid, `The cursor is of the ${log} log, not the ${now.log}`)
  if (position > now.position) throw ended(now)
  return positionIn({ log, incarnation, position }, now)
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

/**
 * The same, where reading goes on. Throws `event_streaming.events_dropped` when not everything that
 * followed is still there.
 */
export function readingAfter(cursor: string, head: Head): number {
  return readable(positionAfter(cursor, head), head)
}

/** A position of this log from which nothing is missing. Throws `event_streaming.events_dropped`. */
export function readable(position: number, head: Head): number {
  if (position >= head.floor) return position
  const first = cursorOf({ ...head, position: head.floor })
  throw new Problem(
    eventsDropped,
    `Load what you keep again, or go on with what there is, after the cursor ${first}`,
  )
}
