// What every transport does that carries mails on, tried on a real server of its kind.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OutgoingMail } from '../src/messages/mime.ts'
import type { Transport } from '../src/transports/transport.ts'
import type { Counterpart } from './counterpart.ts'

export const timeoutMs = 1_000

export function newMail(part: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: randomUUID(),
    tenantId: randomUUID(),
    to: 'ada@example.com',
    from: { name: 'Çà & Là, "Töpfe"', address: 'shop@example.org' },
    replyTo: 'help@example.org',
    subject: 'Grüße – 你好, order 7F3K',
    text: 'Thank you.\n.\nA line with a dot, and Grüße.\n',
    html: '<p>Thank you. Grüße</p>',
    attachments: [
      {
        place: 0,
        filename: 'réçu.txt',
        mediaType: 'text/plain',
        content: Buffer.from('A receipt'),
      },
    ],
    createdAt: '2026-11-21T09:30:00.000Z',
    ...part,
  }
}

const never = new AbortController().signal

export function conformance(
  name: string,
  open: () => Promise<{
    readonly counterpart: Counterpart
    readonly transport: Transport
    /** The same with nobody at the other end. */
    readonly alone: Transport
  }>,
): void {
  describe(name, () => {
    let setting: Awaited<ReturnType<typeof open>>
    beforeAll(async () => {
      setting = await open()
    })
    beforeEach(() => setting.counterpart.behave('accept'))
    afterAll(async () => {
      await setting?.transport.close()
      await setting?.alone.close()
      await setting?.counterpart.stop()
    })
    const last = () => setting.counterpart.arrived().at(-1)

    test('hands a mail on as it is', async () => {
      const mail = newMail()
      const handing = await setting.transport.send(mail, never)
      expect(handing.outcome, handing.answer).toBe('sent')
      expect(last()).toMatchObject({
        to: mail.to,
        from: 'Çà & Là, "Töpfe" <shop@example.org>',
        replyTo: mail.replyTo,
        subject: mail.subject,
        messageId: `<${mail.id}@example.org>`,
        attachments: [{ filename: 'réçu.txt', content: 'A receipt' }],
      })
      expect(last()?.text.replaceAll('\r\n', '\n').trim()).toBe(mail.text.trim())
      expect(last()?.html?.trim()).toBe(mail.html)
    })

    test('hands a mail of text alone on, and the same one under the same Message-ID', async () => {
      const mail = newMail({ html: null, replyTo: null, attachments: [] })
      await setting.transport.send(mail, never)
      const first = last()
      await setting.transport.send(mail, never)
      expect(last()).toEqual(first)
      expect(first).toMatchObject({ html: undefined, replyTo: undefined, attachments: [] })
    })

    test('tells what is refused for now from what is refused for good', async () => {
      const count = setting.counterpart.arrived().length
      setting.counterpart.behave('defer')
      const deferred = await setting.transport.send(newMail(), never)
      expect(deferred).toMatchObject({ outcome: 'deferred', answer: expect.stringMatching(/\S/) })
      setting.counterpart.behave('refuse')
      const refused = await setting.transport.send(newMail(), never)
      expect(refused).toMatchObject({ outcome: 'refused', answer: expect.stringMatching(/\S/) })
      expect(setting.counterpart.arrived()).toHaveLength(count)
      setting.counterpart.behave('accept')
      expect((await setting.transport.send(newMail(), never)).outcome).toBe('sent')
    })

    test('waits no longer than it is told to', async () => {
      setting.counterpart.behave('hang')
      const begun = performance.now()
      expect((await setting.transport.send(newMail(), never)).outcome).toBe('deferred')
      expect(performance.now() - begun).toBeLessThan(timeoutMs * 4)
    })

    test('ends at once when it is to', async () => {
      setting.counterpart.behave('hang')
      const ending = new AbortController()
      const sending = setting.transport.send(newMail(), ending.signal)
      const reason = new Error('the process stops')
      setTimeout(() => ending.abort(reason), 50)
      await expect(sending).rejects.toBe(reason)
    })

    test('tries later where nobody answers', async () => {
      const handing = await setting.alone.send(newMail(), never)
      expect(handing).toMatchObject({ outcome: 'deferred', answer: expect.stringMatching(/\S/) })
    })
  })
}
