import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** Whether script runs by now: what stands in for it until then is taken away. */
export function useHasScript(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
