import { useEffect } from 'react'
import { useRevalidator } from 'react-router'

/** Reads the page's data again every so often while somebody looks at it, for what no event tells. */
export function useAgainEvery(ms: number): void {
  const { revalidate } = useRevalidator()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void revalidate()
    }, ms)
    return () => clearInterval(timer)
  }, [ms, revalidate])
}
