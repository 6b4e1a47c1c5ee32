// A whole process that replays slowly, to be killed in the middle. It ends with whoever started it.
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionSettings } from '@prognetwork/shared-infrastructure/host'
import { eventProcesses } from './event-platform.ts'
import { replaysIn, shelving } from './shelves.ts'

export interface ReplayingProcess {
  readonly settings: ConnectionSettings
  readonly passwords: Readonly<Record<string, string>>
  readonly replayId: string
}

const { settings, passwords, replayId }: ReplayingProcess = JSON.parse(process.argv[2] ?? '')
process.on('disconnect', () => process.exit())
const one = await eventProcesses(settings, passwords).start(
  shelving((ctx) => (ctx.replaying ? sleep(8) : undefined)),
)
await replaysIn(one).step('resume', replayId)
