import { onParentGone } from '@prognetwork/environment-configuration'

/**
 * Resolves at the first signal, or when the process that started this one is gone. Later signals
 * are let pass: at a terminal the same Ctrl-C arrives from npm as well. SIGHUP is the end of the
 * terminal where there is one; elsewhere it asks to read the configuration again.
 */
export function stopSignal(): Promise<'signal'> {
  const { promise, resolve: stop } = Promise.withResolvers<'signal'>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop('signal'))
  const isAtTerminal = process.stdin.isTTY || process.stdout.isTTY
  // Without a listener it would end the process.
  process.on('SIGHUP', () => isAtTerminal && stop('signal'))
  onParentGone(() => stop('signal'))
  return promise
}
