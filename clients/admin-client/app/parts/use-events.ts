import { followStream } from '@prognetwork/ui/stream'
import { useEffect, useRef, useState } from 'react'
import { useRevalidator } from 'react-router'

/** An event as the stream tells it (CloudEvents 1.0), as far as it is shown. */
export interface StreamedEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly time: string
  readonly cursor: string
  readonly data: unknown
}

/** More would be seen by nobody, and would keep the page busy. */
const maxKept = 100
const flushMs = 250
/** Reading the page anew for every event would be more work than the events. */
const readAgainMs = 500

/**
 * Events of these types as they come, the newest first: of the tenant, or of the platform's own where
 * none is named. They are taken in together, four times a second at most, however many come, and only
 * those that will be seen are read at all. A lost
 * stream goes on after the last event it had, so none is missed and none is there twice. It begins
 * after the cursor `from`, or with what comes now.
 */
export function useEvents(
  tenant: string,
  { types, from }: { readonly types?: string | undefined; readonly from?: string } = {},
) {
  const [events, setEvents] = useState<readonly StreamedEvent[]>([])
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    let arrived: string[] = []
    const address = (after = from) => {
      const query = new URLSearchParams({ ...(types && { types }), ...(after && { after }) })
      return `${tenant && `/t/${tenant}`}/api/v1/stream?${query}`
    }
    const stop = followStream(address, {
      onOpen: () => setOpen(true),
      onLost: () => setOpen(false),
      onMessage(data) {
        arrived.push(data)
        if (arrived.length > 2 * maxKept) arrived = arrived.slice(-maxKept)
      },
    })
    const timer = setInterval(() => {
      if (arrived.length === 0) return
      const fresh = arrived.slice(-maxKept).reverse().map(readEvent)
      arrived = []
      setEvents((before) => [...fresh, ...before].slice(0, maxKept))
    }, flushMs)
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [tenant, types, from])
  return { events, isOpen }
}

const readEvent = (data: string): StreamedEvent => JSON.parse(data)

/** Reads the page's data again when something of these types has happened. Answers whether it hears. */
export function useLivePage(tenant: string, types: string): boolean {
  const { events, isOpen } = useEvents(tenant, { types })
  const { revalidate } = useRevalidator()
  const newest = events[0]?.id
  const wasOpen = useRef(false)
  useEffect(() => {
    if (newest === undefined) return
    const timer = setTimeout(() => void revalidate(), readAgainMs)
    return () => clearTimeout(timer)
  }, [newest, revalidate])
  useEffect(() => {
    // What happened between the page and its stream, or while there was none, is in no message.
    if (isOpen && !wasOpen.current) void revalidate()
    wasOpen.current = isOpen
  }, [isOpen, revalidate])
  return isOpen
}
