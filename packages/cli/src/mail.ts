import { type AnyDefinition, besidePlatform } from '@prognetwork/shared-infrastructure/host'
import { listMail } from '@prognetwork/user-service/captured-mail'
import { connectionsBeside } from './beside.ts'
import { readConfiguration } from './configuration.ts'
import { print, say } from './speech.ts'

const mostMails = 1_000

/**
 * `prog mail`: mail of all tenants that was kept instead of sent, read from the platform's database.
 * Whoever may read the state directory may read it.
 */
export async function showMail(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { to?: string; limit: string; json?: boolean },
): Promise<void> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostMails)
    throw new Error(`--limit must be a whole number from 1 to ${mostMails}`)
  const configuration = readConfiguration(definitions, directory)
  const { platform } = await connectionsBeside(
    'user-service',
    definitions,
    configuration,
    directory,
  )
  const mails = await besidePlatform('user-service', platform, ({ db, ctx }) =>
    db.read(ctx, listMail(options.to?.toLowerCase() ?? null, null, limit)),
  )
  if (options.json) print(JSON.stringify(mails, null, 2))
  else
    for (const { to, subject, text, at } of mails)
      print(`${at}  to ${to}: ${subject}\n\n${text.replaceAll(/^/gm, '    ')}\n`)
  if (mails.length === 0 && !options.json) say('No such mail was kept.')
}
