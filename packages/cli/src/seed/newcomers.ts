// People who come to a running platform by its own doors.
import { setTimeout as sleep } from 'node:timers/promises'
import { userContract } from '@prognetwork/contracts/user'
import { besidePlatform, type ConnectionSettings } from '@prognetwork/shared-infrastructure/host'
import { listMail } from '@prognetwork/user-service/captured-mail'
import { type PlatformClient, Refusal } from './platform-client.ts'

const { signUp, verifyEmail, signIn, openTenantSession } = userContract.operations
const provisioningMs = 30_000

export interface Newcomers {
  /** Where kept mail is read. */
  readonly mailbox: ConnectionSettings
  /** Of everybody. */
  readonly password: string
}

/** Signs up, verifies and signs in; answers the access token. */
export async function enter(
  client: PlatformClient,
  email: string,
  displayName: string,
  { mailbox, password }: Newcomers,
): Promise<string> {
  await client.call(signUp, { body: { email, password, displayName } })
  const [mail] = await besidePlatform('user-service', mailbox, ({ db, ctx }) =>
    db.read(ctx, listMail(email, null, 1)),
  )
  const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1]
  if (token === undefined)
    throw new Error(`no mail to ${email} was kept: a platform that sends its mail cannot be seeded`)
  await client.call(verifyEmail, { body: { token, password } })
  const { accessToken } = await client.call(signIn, { body: { email, password } })
  return accessToken
}

/** Provisioning goes on after the tenant was answered; until it ends nobody acts for it. */
export async function actFor(owner: PlatformClient, tenantId: string): Promise<string> {
  const deadline = Date.now() + provisioningMs
  for (;;) {
    try {
      return (await owner.call(openTenantSession, { body: { tenantId } })).accessToken
    } catch (error) {
      if (!(error instanceof Refusal) || Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}
