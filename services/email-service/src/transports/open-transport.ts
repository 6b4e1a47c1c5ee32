import type { EmailConfiguration } from '../configuration.ts'
import { createCapture } from './capture.ts'
import { createSendgrid } from './sendgrid.ts'
import { createSmtp } from './smtp.ts'
import type { Transport } from './transport.ts'

/** The transport that is configured; throws, naming the key, when what it needs is not there. */
export function openTransport(config: EmailConfiguration): Transport {
  const { transport, smtpUrl, sendgridKey, sendgridUrl, sendSeconds } = config
  const timeoutMs = sendSeconds * 1_000
  if (transport === 'capture') return createCapture()
  if (transport === 'smtp') {
    if (smtpUrl === undefined) throw missing('EMAIL_SERVICE_SMTP_URL')
    return createSmtp({ url: smtpUrl, timeoutMs })
  }
  if (sendgridKey === undefined) throw missing('EMAIL_SERVICE_SENDGRID_KEY')
  return createSendgrid({ url: sendgridUrl, key: sendgridKey, timeoutMs })
}

function missing(key: string): Error {
  return new Error(`EMAIL_SERVICE_TRANSPORT needs ${key}`)
}
