import { emailContract } from '@prognetwork/contracts/email'
import { type SeparatePlatform, startSeparatePlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newAddress } from './buying.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const { readMessage, sendMessage } = emailContract.operations
const patience = { timeout: 20_000 }

let platform: SeparatePlatform
let server: MailServer

beforeAll(async () => {
  server = await startMailServer()
  platform = await startSeparatePlatform([], {
    EMAIL_SERVICE_TRANSPORT: 'smtp',
    EMAIL_SERVICE_SMTP_URL: server.url,
  })
}, 120_000)
afterAll(async () => {
  await platform?.stop()
  await server?.stop()
})

test('a mail whose sender is killed half-way is sent again, and can be told to be the same', async () => {
  const { staff } = await platform.shop()
  server.behave('hang')
  const { body } = await staff.call(sendMessage, {
    body: { to: newAddress(), subject: 'Looms', text: 'They are ready.' },
  })
  await expect.poll(() => server.received.length, patience).toBe(1)
  await platform.kill('email-service')
  server.behave('accept')
  await platform.start('email-service')
  const params = { messageId: body.id }
  const { rows } = await platform.sql.query(
    `select lease, due_at > now() + interval '30 s' as held from email_service.message
     where id = $1`,
    [body.id],
  )
  expect(rows).toEqual([{ lease: expect.any(String), held: true }])
  // As if the minute of the lease had passed.
  await platform.sql.query('update email_service.message set due_at = now() where id = $1', [
    body.id,
  ])
  await staff.call(sendMessage, { body: { to: newAddress(), subject: 'Next', text: 'Next' } })
  const state = async () => (await staff.call(readMessage, { params })).body.state
  await expect.poll(state, patience).toBe('sent')
  const ids = server.received.flatMap(({ messageId, subject }) =>
    subject === 'Looms' ? [messageId] : [],
  )
  expect(ids).toEqual([ids[0], ids[0]])
}, 60_000)
