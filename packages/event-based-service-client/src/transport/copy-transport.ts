// Reads from a copy of the log in a broker, and from the log itself what a copy does not hold.
import { type LogEnd, type LogHead, logName, type ReadingRights } from '../log-source.ts'
import type { LoggedEvent } from '../logged-event.ts'
import type { Moved } from '../wake-ups.ts'
import type { Copy, CopyPage, CopyReading, Watermark } from './copy.ts'
import {
  type PartitionsPage,
  type PartitionsReader,
  type ReaderOptions,
  type Transport,
  TransportUnavailable,
} from './transport.ts'

/** How often the watermark is looked at, for what a broker did not tell. */
const defaultBackstopMs = 5_000

export function createCopyTransport(options: {
  readonly name: string
  readonly copy: Copy
  readonly backstopMs?: number
}): Transport {
  const { name, copy, backstopMs = defaultBackstopMs } = options
  const listeners = new Set<(moved: Moved) => void>()
  let timer: NodeJS.Timeout | undefined
  const tell = (moved: Moved) => {
    for (const listener of listeners) listener(moved)
  }
  // Whoever reads notices by itself that the broker is away, and says so.
  const look = () =>
    copy.watermark().then(
      (watermark) => watermark && tell({ log: logName, to: watermark.published }),
      () => {},
    )

  return {
    reader: (one) => new CopyReader(name, copy, one),
    onMoved(listener) {
      listeners.add(listener)
      if (!timer) {
        timer = setInterval(look, backstopMs).unref()
        copy.follow(tell)
      }
      return () => listeners.delete(listener)
    },
    openWriter: () => copy.openWriter(),
    async close() {
      clearInterval(timer)
      await copy.close()
    },
  }
}

class CopyReader implements PartitionsReader {
  private readonly name: string
  private readonly copy: Copy
  private readonly options: ReaderOptions
  private readonly reading: CopyReading
  private rights: { incarnation: string; since: ReadingRights } | undefined
  private watermark: Watermark | undefined
  /** Partitions whose copy begins above the watermark's floor. */
  private floors: ReadonlyMap<number, number> = new Map()

  constructor(name: string, copy: Copy, options: ReaderOptions) {
    this.name = name
    this.copy = copy
    this.options = options
    this.reading = copy.openReading()
  }

  /** Nothing can be read while there is no copy of this life of the log. */
  async head(): Promise<LogEnd> {
    const { source, types } = this.options
    const head = await source.end(logName)
    if (this.rights?.incarnation !== head.incarnation)
      this.rights = { incarnation: head.incarnation, since: await source.rights(types) }
    const watermark = await this.copy.watermark()
    this.floors = new Map()
    this.watermark = watermark?.incarnation === head.incarnation ? watermark : undefined
    return { ...head, position: this.watermark?.published ?? 0 }
  }

  async read(
    head: LogHead,
    after: ReadonlyMap<number, number>,
    most: number,
  ): Promise<PartitionsPage> {
    const { source, types } = this.options
    const below = new Map<number, number>()
    const within = new Map<number, number>()
    for (const [partition, position] of after)
      (position < this.floorOf(partition) ? below : within).set(partition, position)
    const [old, recent] = await Promise.all([
      below.size > 0 ? source.read(head, types, below, most) : undefined,
      within.size > 0 ? this.readCopy(head, within, most) : undefined,
    ])
    return {
      events: [...(old?.events ?? []), ...(recent?.events ?? [])],
      reached: (partition) =>
        below.has(partition) ? (old?.upTo ?? 0) : (recent?.reached(partition) ?? 0),
      hasMore: (old !== undefined && old.events.length >= most) || recent?.hasMore === true,
    }
  }

  private floorOf(partition: number): number {
    return Math.max(this.watermark?.floor ?? 0, this.floors.get(partition) ?? 0)
  }

  private async readCopy(
    head: LogHead,
    after: ReadonlyMap<number, number>,
    most: number,
  ): Promise<PartitionsPage> {
    const { topics } = this.options
    const page = await this.reading.read({ topics, after, most })
    const { watermark } = page
    if (watermark?.incarnation !== head.incarnation)
      throw new TransportUnavailable(`the copy of the log in ${this.name}`)
    this.watermark = watermark
    this.floors = new Map([...this.floors, ...page.floors])
    // Since it was chosen, a partition may have fallen below the floor: it is read from the log.
    const isWhole = (partition: number) =>
      (after.get(partition) ?? 0) >= Math.max(watermark.floor, page.floors.get(partition) ?? 0)
    return {
      events: this.readable(head, page).filter((event) => isWhole(event.partition)),
      reached: (partition) =>
        isWhole(partition) ? page.reached(partition) : (after.get(partition) ?? 0),
      hasMore: page.hasMore || [...after.keys()].some((partition) => !isWhole(partition)),
    }
  }

  private readable({ log, incarnation }: LogHead, page: CopyPage): LoggedEvent[] {
    const since = this.rights?.since
    if (!since) throw new Error('events were read before the right to read them')
    const events: LoggedEvent[] = []
    for (const event of page.events) {
      const end = since.get(event.type)
      if (end === undefined) continue
      // The event is of this page alone; a copy of each would cost a third of a read.
      events.push(Object.assign(event, { log, incarnation, replaying: event.position <= end }))
    }
    return events
  }
}
