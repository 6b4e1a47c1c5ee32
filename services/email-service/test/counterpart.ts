// What stands at the other end of a transport in tests.

export type Behaviour = 'accept' | 'defer' | 'refuse' | 'hang'

/** A mail as it arrived, whatever it came by. */
export interface Arrived {
  readonly to: string
  readonly from: string
  readonly replyTo: string | undefined
  readonly subject: string
  readonly text: string
  readonly html: string | undefined
  readonly messageId: string
  readonly attachments: readonly { readonly filename: string; readonly content: string }[]
}

export interface Counterpart {
  readonly arrived: () => readonly Arrived[]
  behave(behaviour: Behaviour): void
  stop(): Promise<void>
}

/** Whoever waits for it goes on when it is opened. */
export function openGate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
