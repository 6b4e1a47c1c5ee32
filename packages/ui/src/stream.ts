/** How long after a refusal a stream is asked for again; the browser's own way is about the same. */
const againMs = 2_000

export interface StreamListeners {
  readonly onOpen: () => void
  readonly onLost: () => void
  readonly onMessage: (data: string) => void
}

/**
 * Server-Sent Events (HTML, 9.2) that come back whatever ended them. A browser opens a connection that
 * broke by itself, and says which event it had last; it gives up for good where it was refused, as by a
 * server that is just starting, so that is done here. One whose browser is offline hears nothing and does
 * not know it, so it is given up at once. `addressAfter` is given the id of the last event.
 * Answers how to stop.
 */
export function followStream(
  addressAfter: (lastId: string | undefined) => string,
  { onOpen, onLost, onMessage }: StreamListeners,
): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastId: string | undefined
  const open = () => {
    clearTimeout(timer)
    source = new EventSource(addressAfter(lastId))
    source.onopen = onOpen
    source.onmessage = (message) => {
      lastId = message.lastEventId || lastId
      onMessage(message.data)
    }
    source.onerror = () => {
      onLost()
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, againMs)
    }
  }
  const leave = () => {
    clearTimeout(timer)
    source.close()
  }
  const ended = new AbortController()
  const lose = () => {
    leave()
    onLost()
  }
  const comeBack = () => {
    leave()
    open()
  }
  addEventListener('offline', lose, { signal: ended.signal })
  addEventListener('online', comeBack, { signal: ended.signal })
  open()
  return () => {
    ended.abort()
    leave()
  }
}
