import { followStream } from '@prognetwork/ui/stream'
import { useEffect, useState } from 'react'
import { useRevalidator } from 'react-router'

/**
 * Reads the page's data again at each change that the stream at `address` tells of. The first thing a
 * stream tells, when it opens again too, is that there may have been one, so nothing that happened
 * meanwhile is missed. Answers whether the stream is open.
 */
export function useChanges(address: string): boolean {
  const [isOpen, setOpen] = useState(false)
  const { revalidate } = useRevalidator()
  useEffect(
    () =>
      followStream(() => address, {
        onOpen: () => setOpen(true),
        onLost: () => setOpen(false),
        onMessage: () => void revalidate(),
      }),
    [address, revalidate],
  )
  return isOpen
}
