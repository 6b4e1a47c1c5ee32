import { listKeptMail } from '@prognetwork/email-service/kept-mail'
import { type AnyDefinition, besidePlatform } from '@prognetwork/shared-infrastructure/host'
import { listMail } from '@prognetwork/user-service/captured-mail'
import { connectionsBeside } from './beside.ts'
import { readConfiguration } from './configuration.ts'
import { print, say } from './speech.ts'

const mostMails = 1_000

/**
 * `prog mail`: mail of all tenants that was kept, to accounts and to customers, read from the
 * platform's database. Whoever may read the state directory may read it.
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
  const to = options.to?.toLowerCase() ?? null
  const read = async (service: string, list: ReturnType<typeof listKeptMail>) => {
    const { platform } = await connectionsBeside(service, definitions, configuration, directory)
    return besidePlatform(service, platform, ({ db, ctx }) => db.read(ctx, list))
  }
  const kept = [
    ...(await read('user-service', listMail(to, null, limit))),
    ...(await read('email-service', listKeptMail(to, limit))),
  ]
  const mails = kept.sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, limit)
  if (options.json) print(JSON.stringify(mails, null, 2))
  else
    for (const { to, subject, text, at } of mails)
      print(`${at}  to ${to}: ${subject}\n\n${text.replaceAll(/^/gm, '    ')}\n`)
  if (mails.length === 0 && !options.json) say('No such mail was kept.')
}
