import { type EventContract, versionsOf } from '@prognetwork/contracts'

/** The contract that an event of one version was written by; an error when it cannot be read. */
export function writtenVersion(event: EventContract, version: number): EventContract {
  const written = versionsOf(event).find((one) => one.version === version)
  if (!written) throw unreadable(event, version)
  return written
}

/**
 * Reads data as it was written, with its personal fields open, and brings it to the version of
 * `event` through every version between; each step is parsed, so an upcaster gets what it is
 * promised.
 */
export function readWritten(
  event: EventContract,
  version: number,
  data: unknown,
): Record<string, unknown> {
  if (version === event.version) return event.data.parse(data)
  const { upcaster } = event
  if (!upcaster) throw unreadable(event, version)
  return event.data.parse(upcaster.upcast(readWritten(upcaster.from, version, data) as never))
}

function unreadable(event: EventContract, version: number): Error {
  const why = version > event.version ? 'it is newer' : 'no upcaster leads there'
  return new Error(
    `${event.type} of version ${version} cannot be read by version ${event.version}: ${why}`,
  )
}
