// Loaded before each test file: notes which operations answered what, whatever door they were
// reached by, for the check that the whole run exercised all of them.
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import { type OperationEnd, operationEnds } from '@prognetwork/shared-infrastructure/operation-ends'

const folder = environment.PROGNETWORK_TEST_EXERCISED
const noted = new Set<string>()

if (folder !== undefined)
  subscribe(operationEnds, (message) => {
    const { operation, answer } = message as OperationEnd
    const line = `${operation.name} ${answer}`
    if (noted.has(line)) return
    noted.add(line)
    appendFileSync(join(folder, String(process.pid)), `${line}\n`)
  })
