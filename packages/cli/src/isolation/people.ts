// People of a platform under proof, made as the public would make them: through the gateway.
import type { CallInput, NamedOperation, Output } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'
import { sendOverHttp } from '@prognetwork/shared-infrastructure/isolation'

export type Headers = Readonly<Record<string, string>>

/** Somebody signed in: what they send, and in which session. */
export interface SignedIn {
  readonly headers: Headers
  readonly sessionId: string
}

export interface People {
  /** Carries an operation out; throws when it is refused. */
  ask<O extends NamedOperation>(
    operation: O,
    input: CallInput<O>,
    headers?: Headers,
  ): Promise<Output<O>>
  /** A verified account, in the platform's tenant or the one that the headers name: its id. */
  account(email: string, headers?: Headers): Promise<string>
  enter(email: string, headers?: Headers): Promise<SignedIn>
  /** The token of the newest mail to an address. */
  mailedToken(email: string): Promise<string>
}

const { listCapturedMail, setUpPlatform, signIn, signUp, verifyEmail } = userContract.operations

const password = 'apart from all the others'
const operatorEmail = 'operator@example.com'

/** `notices` hold the link that makes the first operator, who reads everybody's mail. */
export async function createPeople(origin: string, notices: readonly string[]): Promise<People> {
  const ask: People['ask'] = async (operation, input, headers = {}) => {
    const { status, body } = await sendOverHttp(origin, operation, input, headers)
    if (status >= 300)
      throw new Error(`${operation.name} answered ${status}: ${JSON.stringify(body)}`)
    return body as never
  }

  async function enter(email: string, headers: Headers = {}): Promise<SignedIn> {
    const { accessToken, sessionId } = await ask(signIn, { body: { email, password } }, headers)
    return { headers: { authorization: `Bearer ${accessToken}` }, sessionId }
  }

  const [token = ''] = /su_[\w-]+/.exec(notices.join(' ')) ?? []
  await ask(setUpPlatform, {
    body: { token, email: operatorEmail, password, displayName: 'Operator' },
  })
  const operator = await enter(operatorEmail)

  async function mailedToken(email: string): Promise<string> {
    const query = { to: email, limit: '1' }
    const { items } = await ask(listCapturedMail, { query }, operator.headers)
    return /token=(\S+)/.exec(items[0]?.text ?? '')?.[1] ?? ''
  }

  return {
    ask,
    enter,
    mailedToken,
    async account(email, headers = {}) {
      await ask(signUp, { body: { email, password, displayName: email } }, headers)
      const body = { token: await mailedToken(email), password }
      return (await ask(verifyEmail, { body }, headers)).accountId
    },
  }
}
