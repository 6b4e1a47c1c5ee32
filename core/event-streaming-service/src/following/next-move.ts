import type { LogName } from '@prognetwork/contracts'
import type { LogAccess } from '@prognetwork/shared-infrastructure'

/** The moves of a log from now on, so that one that comes while the log is being read counts as well. */
export function nextMove({ onMoved }: Pick<LogAccess['wakeUps'], 'onMoved'>, log: LogName) {
  const seen: (readonly string[] | undefined)[] = []
  let listener = (_types: readonly string[] | undefined) => {}
  let timer: NodeJS.Timeout | undefined
  const stop = onMoved(({ log: moved, types }) => {
    if (moved !== log) return
    seen.push(types)
    listener(types)
  })
  return {
    /** True at a move with one of these types, or at any without them; false after `ms`. */
    of(wanted: readonly string[] | undefined, ms: number): Promise<boolean> {
      const isWanted = (types: readonly string[] | undefined) =>
        !types || !wanted || types.some((type) => wanted.includes(type))
      if (seen.some(isWanted)) return Promise.resolve(true)
      return new Promise((resolve) => {
        listener = (types) => {
          if (isWanted(types)) resolve(true)
        }
        timer = setTimeout(() => resolve(false), ms).unref()
      })
    },
    cancel(): void {
      stop()
      clearTimeout(timer)
    },
  }
}
