// To a mail server that carries on what it is given (RFC 5321), over connections that are kept.
import type { OutgoingMail } from '../messages/mime.ts'
import { sourceOf } from '../messages/mime.ts'
import { fewAtOnce, type Handing, shownAnswer, type Transport } from './transport.ts'

const maxConnections = 8

/** `url` as `smtps://name:password@host:465`; an `smtp:` one is encrypted when the server can. */
export function createSmtp(options: {
  readonly url: string
  readonly timeoutMs: number
}): Transport {
  const { url, timeoutMs } = options
  // Most installations send nothing by SMTP, so it is loaded when it is needed.
  let opened: Promise<Pool> | undefined
  const pool = () => {
    opened ??= openPool(url, timeoutMs)
    return opened
  }

  async function send(mail: OutgoingMail, signal: AbortSignal): Promise<Handing> {
    const raw = await sourceOf(mail)
    const { sendMail } = await pool()
    const envelope = { from: mail.from.address, to: [mail.to] }
    const { promise: late, resolve } = Promise.withResolvers<Handing>()
    const answer = 'The mail server did not answer in time'
    const timer = setTimeout(() => resolve({ outcome: 'deferred', answer }), timeoutMs)
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const end = () => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    try {
      return await Promise.race([sendMail({ raw, envelope }), late, ended])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    }
  }

  return {
    name: 'smtp',
    atOncePerTenant: fewAtOnce,
    send,
    async close() {
      await (await opened)?.close()
    },
  }
}

interface Pool {
  sendMail(mail: { raw: Buffer; envelope: { from: string; to: string[] } }): Promise<Handing>
  close(): Promise<void>
}

async function openPool(url: string, timeoutMs: number): Promise<Pool> {
  const { createTransport } = await import('nodemailer')
  const pool = createTransport({
    ...{ url, pool: true, maxConnections },
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async sendMail(mail) {
      try {
        const { response } = await pool.sendMail(mail)
        return { outcome: 'sent', answer: shownAnswer(response) }
      } catch (error) {
        return failed(error)
      }
    },
    close: async () => pool.close(),
  }
}

/** 5yz is final, 4yz is not (RFC 5321, 4.2.1), and neither is a server that cannot be talked to. */
function failed(error: unknown): Handing {
  const { response, responseCode, message } = detailsOf(error)
  const answer = shownAnswer(response ?? message)
  // A server that refuses the credential refuses every mail; that is for the operator to mend.
  const isOfMail = responseCode !== undefined && responseCode >= 500 && !isOfServer(error)
  return { outcome: isOfMail ? 'refused' : 'deferred', answer }
}

const ofServer = new Set([
  'EAUTH',
  'ETLS',
  'EOAUTH2',
  'ECONNECTION',
  'EDNS',
  'ESOCKET',
  'ETIMEDOUT',
])

function isOfServer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ofServer.has(String(error.code))
}

function detailsOf(error: unknown) {
  if (!(error instanceof Error)) return { message: 'The mail server could not be reached' }
  const responseCode =
    'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : undefined
  const response =
    'response' in error && typeof error.response === 'string' ? error.response : undefined
  return { message: error.message, responseCode, response }
}
