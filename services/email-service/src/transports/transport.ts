// What carries mails on. One suite holds all of them to this.
import type { OutgoingMail } from '../messages/mime.ts'

/** What came of handing a mail on; `answer` is what was said, for people to read. */
export type Handing =
  | { readonly outcome: 'sent'; readonly answer: string; readonly providerId?: string }
  /** It may be taken later. */
  | { readonly outcome: 'deferred'; readonly answer: string }
  /** It will not be taken, however often it is tried. */
  | { readonly outcome: 'refused'; readonly answer: string }

export interface Transport {
  readonly name: string
  /** How many mails of one tenant it is given at once: others want their turn where it is slow. */
  readonly atOncePerTenant: number
  /** Ends within the time that was configured; rejects only when `signal` ended it. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<Handing>
  close(): Promise<void>
}

/** For what may be slow. */
export const fewAtOnce = 4

/** What can be stored and shown of whatever was answered. */
export function shownAnswer(answer: string): string {
  return answer
    .slice(0, 500)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}
