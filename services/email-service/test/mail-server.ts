// A real mail server in this process, which does with mails what a test tells it to.
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { type Behaviour, openGate } from './counterpart.ts'

export interface MailServer {
  readonly url: string
  readonly received: readonly Email[]
  behave(behaviour: Behaviour): void
  stop(): Promise<void>
}

const answers = {
  defer: { message: '4.7.1 Greylisted, come again', code: 451 },
  refuse: { message: '5.1.1 <nobody@example.com> has no mailbox here', code: 550 },
} as const

function refusal(behaviour: 'defer' | 'refuse'): Error {
  const { message, code } = answers[behaviour]
  return Object.assign(new Error(message), { responseCode: code })
}

export async function startMailServer(
  options: { readonly password?: string; readonly isEncrypted?: boolean } = {},
): Promise<MailServer> {
  const { password, isEncrypted = false } = options
  const received: Email[] = []
  let behaviour: Behaviour = 'accept'
  const gate = openGate()
  const server = new SMTPServer({
    // The certificate that comes with the server is signed by itself.
    ...(isEncrypted ? { secure: true } : { disabledCommands: ['STARTTLS'] }),
    ...{ authOptional: password === undefined, logger: false, closeTimeout: 100 },
    onAuth(auth, _session, done) {
      if (auth.password === password) done(null, { user: auth.username })
      else done(Object.assign(new Error('5.7.8 No'), { responseCode: 535 }))
    },
    async onRcptTo(_address, _session, done) {
      if (behaviour === 'refuse' || behaviour === 'defer') done(refusal(behaviour))
      else done()
    },
    async onData(stream, _session, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      received.push(await PostalMime.parse(Buffer.concat(chunks)))
      if (behaviour === 'hang') await gate.opened
      done()
    },
  })
  // Clients that are cut off in the middle of a mail are what some tests are about.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const credential = password === undefined ? '' : `sender:${password}@`
  return {
    url: `${isEncrypted ? 'smtps' : 'smtp'}://${credential}127.0.0.1:${port}`,
    received,
    behave: (next) => {
      behaviour = next
    },
    stop: () => {
      gate.open()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
