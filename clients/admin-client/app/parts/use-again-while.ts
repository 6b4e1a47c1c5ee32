import { useEffect } from 'react'
import { useRevalidator } from 'react-router'

const againMs = 1_000

/** Reads the page's data again every second while something is under way that tells of itself nowhere. */
export function useAgainWhile(isUnderWay: boolean): void {
  const { revalidate, state } = useRevalidator()
  useEffect(() => {
    if (!isUnderWay || state !== 'idle') return
    const timer = setTimeout(() => void revalidate(), againMs)
    return () => clearTimeout(timer)
  }, [isUnderWay, revalidate, state])
}
