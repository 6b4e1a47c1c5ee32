/**
 * Calls `stop` when the process that started this one is gone, killed without a chance to say so.
 * It is noticed by the `ipc` channel that the parent opened; without one nothing is watched.
 * Watching does not keep this process alive.
 */
export function onParentGone(stop: () => void): void {
  if (!process.channel) return
  process.once('disconnect', stop)
  process.channel.unref()
}
