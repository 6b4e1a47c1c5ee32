import type { Message } from './messages.store.ts'

/** What every event says of a mail. */
export function aboutMessage({ id, template, orderId, accountId }: Message) {
  return { messageId: id, template, orderId, accountId }
}
