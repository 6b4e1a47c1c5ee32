import { followStream } from '@prognetwork/ui/stream'
import { useEffect, useState } from 'react'
import { useRevalidator } from 'react-router'

/**
 * Reads the page's data again at each change that the stream at `address` tells of. The first thing a
 * stream tells, when it opens again too, is that there may have been one, so nothing that happened
 * meanwhile is missed. Answers whether the stream is open, or was and will be again.
 */
export function useChanges(address: string): 'none' | 'open' | 'lost' {
  const [stream, setStream] = useState<'none' | 'open' | 'lost'>('none')
  const { revalidate } = useRevalidator()
  useEffect(
    () =>
      followStream(() => address, {
        onOpen: () => setStream('open'),
        onLost: () => setStream((before) => (before === 'none' ? before : 'lost')),
        onMessage: () => void revalidate(),
      }),
    [address, revalidate],
  )
  return stream
}
