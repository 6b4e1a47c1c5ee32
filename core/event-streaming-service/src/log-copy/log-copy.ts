import type { Log } from '@prognetwork/contracts'
import type { LogAccess, ServiceFigure } from '@prognetwork/shared-infrastructure'
import { type Copier, startCopier } from './copier.ts'

/** The copy that this process makes of the log, where consumers read from a broker; else nothing. */
export function createLogCopy(access: LogAccess, log: Log) {
  const { openCopy } = access
  let copier: Copier | undefined
  const figures: ServiceFigure[] = [
    {
      name: 'event_copy_behind',
      unit: 'positions',
      help: 'Positions between the end of the log and that of its copy in the broker',
      read: () => copier?.behind() ?? 0,
    },
    {
      name: 'event_copy_copied',
      unit: 'events',
      help: 'Events that this process has copied into the broker since it started',
      read: () => copier?.copiedEvents() ?? 0,
    },
    {
      name: 'event_copy_left_out',
      unit: 'events',
      help: 'Events too large for the broker, which consumers read from the log, since it started',
      read: () => copier?.leftOutEvents() ?? 0,
    },
  ]
  return {
    figures: openCopy ? figures : [],
    start(isWanted: () => boolean): void {
      if (openCopy) copier = startCopier({ access, writer: openCopy(), log, isWanted })
    },
    async close(): Promise<void> {
      await copier?.close()
    },
  }
}
