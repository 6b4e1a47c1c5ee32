import { useEffect, useState } from 'react'
import { useRevalidator } from 'react-router'

/**
 * Reads the page's data again at each change that the stream at `address` tells of. The browser opens
 * a lost stream again by itself, and the first thing a stream tells is how things stand, so nothing
 * that happened meanwhile is missed. Answers whether the stream is open.
 */
export function useChanges(address: string): boolean {
  const [isOpen, setOpen] = useState(false)
  const { revalidate } = useRevalidator()
  useEffect(() => {
    const source = new EventSource(address)
    source.onopen = () => setOpen(true)
    source.onerror = () => setOpen(false)
    source.onmessage = () => void revalidate()
    return () => source.close()
  }, [address, revalidate])
  return isOpen
}
