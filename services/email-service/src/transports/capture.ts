import type { Transport } from './transport.ts'

/** Sends nothing: a mail is kept, and can be looked at, as every mail is. */
export function createCapture(): Transport {
  return {
    name: 'capture',
    atOncePerTenant: 24,
    send: async () => ({ outcome: 'sent', answer: 'Kept, not sent' }),
    async close() {},
  }
}
