// One process of the crash test of events: the writer of the log, what copies it, or a consumer.
// Says when it is at work, and ends with the process that started it.
import { openTransport, type TransportSettings } from '@prognetwork/event-based-service-client'
import {
  type ConnectionSettings,
  createLogAccess,
  createWakeUps,
} from '@prognetwork/shared-infrastructure/host'
import { createLog } from '@prognetwork/shared-infrastructure/telemetry'
import { startEventWriter } from '../core/event-streaming-service/src/event-writer/event-writer.ts'
import { startCopier } from '../core/event-streaming-service/src/log-copy/copier.ts'
import { eventProcesses } from '../core/event-streaming-service/test/event-platform.ts'
import { startMember } from '../core/event-streaming-service/test/group-members.ts'

export interface CrashingProcess {
  readonly role: 'writer' | 'copier' | 'consumer'
  readonly name: string
  readonly settings: ConnectionSettings
  readonly passwords: Readonly<Record<string, string>>
  readonly transport: TransportSettings
}

const { role, name, settings, passwords, transport }: CrashingProcess = JSON.parse(
  process.argv[2] ?? '',
)
const platform = eventProcesses(settings, passwords)
const log = createLog({ service: name, level: 'error' })

if (role === 'consumer') {
  const one = await platform.start({ writes: false })
  await startMember({ name, process: one, platform, transport })
} else {
  const wakeUps = createWakeUps({ settings: platform.as('event_writer'), log })
  const topics = platform.definitions.map((definition) => definition.name)
  const opened = await openTransport(transport, { wakeUps, topics })
  const { definitions, as: direct } = platform
  const access = createLogAccess({ definitions, direct, wakeUps, transport: opened, log })
  if (role === 'writer') startEventWriter({ access, log, onHead: () => {} })
  else if (access.openCopy)
    startCopier({ access, writer: access.openCopy(), log, isWanted: () => true })
}
process.on('disconnect', () => process.exit())
process.send?.('at work')
