// Everybody of this process who hears events as they come. The log is read once for all of them; an
// event is written out once and the same bytes go to each. Who comes late reads what it missed by
// itself, and joins where the others are.
import { setTimeout as wait } from 'node:timers/promises'
import type { Context, EventSink, Log, LogName } from '@prognetwork/contracts'
import type { Database, LogAccess, PlatformDoor } from '@prognetwork/shared-infrastructure'
import type { LogRow } from '../cloud-event/cloud-event.ts'
import { type EventFilter, eventMatch } from '../cloud-event/event-match.ts'
import type { Life, Place } from '../cursor/cursor.ts'
import { reading } from '../log/log.store.ts'
import { headOf } from '../query/query.ts'
import { createTurnstile } from './turnstile.ts'

/** How events are written for one kind of client. */
export interface Format {
  /** Sent first, if anything is. */
  readonly greeting: Uint8Array | undefined
  event(row: LogRow, life: Life): Uint8Array
  /** Says that somebody is there, and how far everything was sent. */
  heartbeat(place: Place): Uint8Array
  end(reason: EndReason): Uint8Array
}

/** Why a stream ends that its client did not leave. */
export type EndReason =
  /** The client reads too slowly. */
  | 'slow'
  /** Its credential is looked at again when it comes back. */
  | 'renew'
  /** The process stops; another one, or the next, goes on. */
  | 'draining'
  /** The log began anew: what the client keeps must be loaded again. */
  | 'incarnation_ended'

interface Member {
  readonly ctx: Context
  readonly format: Format
  readonly sink: EventSink
  readonly matches: (row: LogRow) => boolean
  /** Everything up to here was sent. */
  position: number
  readonly renewAtMs: number
  hasEnded: boolean
}

export interface Hub {
  /** Sends what comes after `place`, as soon as it can. */
  join(options: {
    readonly ctx: Context
    readonly filter: EventFilter
    readonly format: Format
    readonly sink: EventSink
    readonly place: Place
    /** The end of the log. */
    readonly head: Place
  }): void
  /** Ends the streams of those who fit, so that whoever may come back shows who they are. */
  endWhere(isMeant: (ctx: Context) => boolean): void
  /** How many there are of one tenant. */
  count(tenantId: string): number
  drain(): void
  close(): Promise<void>
}

const maxWaitingBytes = 262_144
/** Half full: who catches up is given no more until it has read some of it. */
const highWaterBytes = maxWaitingBytes / 2
const rowsPerRead = 1_000
const rowsPerCatchUp = 500
const catchUpsAtOnce = 8
/** With more tenants than this listening, the log is read without asking whose events are wanted. */
const maxNamedTenants = 200
/** As far as one read of the log looks. */
const scanPositions = 10_000
const lingerMs = 5_000
/** How long somebody who catches up and does not read is left alone, more each time. */
const shortestPauseMs = 20
const longestPauseMs = 1_000

interface HubTimes {
  readonly heartbeatMs: number
  /** Credentials are looked at again at the latest after this long. */
  readonly renewMs: number
}
const defaultTimes: HubTimes = { heartbeatMs: 10_000, renewMs: 300_000 }

export function createHub(options: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
  /** The service itself, for reading what is of every tenant. */
  readonly context: () => Context
  /** Which log its clients hear. */
  readonly reads: LogName
  readonly log: Log
  readonly times?: Partial<HubTimes>
}): Hub {
  return new LiveHub(options)
}

class LiveHub implements Hub {
  private readonly options: Parameters<typeof createHub>[0]
  private readonly times: HubTimes
  private readonly all = new Set<Member>()
  private readonly byTenant = new Map<string, number>()
  private readonly live = new Map<string, Set<Member>>()
  /** Where those are who hear live; undefined while there is nobody. */
  private at: Place | undefined
  private draining = false
  private isDue = false
  /** A page is being read and sent: nobody may join the others until it is done. */
  private isPaging = false
  private readonly waiting = new Map<Member, (isLive: boolean) => void>()
  private reading: Promise<void> | undefined
  private readonly stopListening: () => void
  private readonly timer: NodeJS.Timeout
  private readonly turnstile = createTurnstile(catchUpsAtOnce)

  constructor(options: Parameters<typeof createHub>[0]) {
    this.options = options
    this.times = { ...defaultTimes, ...options.times }
    this.stopListening = options.wakeUps.onMoved(({ log, to }) => {
      if (log === options.reads && this.at && to > this.at.position) this.read()
    })
    this.timer = setInterval(() => this.beat(), this.times.heartbeatMs)
    this.timer.unref()
  }

  count(tenantId: string): number {
    return this.byTenant.get(tenantId) ?? 0
  }

  join({ ctx, filter, format, sink, place, head }: Parameters<Hub['join']>[0]): void {
    const { renewMs } = this.times
    const member: Member = {
      ...{ ctx, format, sink, position: place.position, hasEnded: false },
      matches: eventMatch(filter),
      // Drawn, so that those who came together do not come back together.
      renewAtMs: performance.now() + renewMs * (0.8 + Math.random() * 0.2),
    }
    this.all.add(member)
    const { tenantId } = ctx.scope
    this.byTenant.set(tenantId, this.count(tenantId) + 1)
    sink.onEnd(() => this.leave(member))
    if (this.draining) {
      this.end(member, 'draining')
      return
    }
    this.at ??= head
    if (!this.isPaging && this.admit(member)) return
    this.catchUp(member, filter, place).catch((error: unknown) => {
      this.options.log.warn({ error }, 'A stream could not catch up; its client comes back')
      this.end(member, 'renew')
    })
  }

  endWhere(isMeant: (ctx: Context) => boolean): void {
    for (const member of [...this.all]) if (isMeant(member.ctx)) this.end(member, 'renew')
  }

  drain(): void {
    this.draining = true
    for (const member of [...this.all]) this.end(member, 'draining')
  }

  async close(): Promise<void> {
    this.drain()
    clearInterval(this.timer)
    this.stopListening()
    await this.reading
  }

  /** Between pages: whoever is where the others are, or ahead of them, hears live from now on. */
  private admit(member: Member): boolean {
    if (!this.at || member.position < this.at.position) return false
    const { tenantId } = member.ctx.scope
    const others = this.live.get(tenantId)
    if (others) others.add(member)
    else this.live.set(tenantId, new Set([member]))
    // The log may have moved on before anybody listened.
    this.read()
    return true
  }

  private admitted(member: Member): Promise<boolean> | boolean {
    if (!this.isPaging) return this.admit(member)
    return new Promise((resolve) => {
      this.waiting.set(member, resolve)
    })
  }

  private endPage(): void {
    this.isPaging = false
    for (const [member, resolve] of this.waiting) resolve(!member.hasEnded && this.admit(member))
    this.waiting.clear()
  }

  private leave(member: Member): void {
    member.hasEnded = true
    if (!this.all.delete(member)) return
    const { tenantId } = member.ctx.scope
    const left = this.count(tenantId) - 1
    if (left > 0) this.byTenant.set(tenantId, left)
    else this.byTenant.delete(tenantId)
    const others = this.live.get(tenantId)
    others?.delete(member)
    if (others?.size === 0) this.live.delete(tenantId)
    if (this.all.size === 0) this.at = undefined
  }

  private end(member: Member, reason: EndReason): void {
    if (member.hasEnded) return
    this.leave(member)
    member.sink.send(member.format.end(reason))
    member.sink.end()
    if (member.sink.waitingBytes > 0) setTimeout(() => member.sink.end(true), lingerMs).unref()
  }

  /** Reads the tenant's own events up to the end of the log, which is ahead of the others. */
  private async catchUp(member: Member, filter: EventFilter, life: Life): Promise<void> {
    let pauseMs = shortestPauseMs
    while (!member.hasEnded && !(await this.admitted(member))) {
      if (member.sink.waitingBytes > highWaterBytes) {
        await wait(pauseMs, undefined, { ref: false })
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
        continue
      }
      pauseMs = shortestPauseMs
      // One page at a time, so that who reads slowly keeps nobody else waiting.
      await this.turnstile(() => this.sendMissed(member, filter, life))
    }
  }

  private async sendMissed(member: Member, filter: EventFilter, life: Life) {
    if (member.hasEnded) return
    const { db, reads } = this.options
    const after = member.position
    const head = await headOf(db, reads)
    if (head.incarnation !== life.incarnation) {
      this.end(member, 'incarnation_ended')
      return
    }
    // What it missed was dropped meanwhile: it is told so when it comes back.
    if (after < head.floor) {
      this.end(member, 'renew')
      return
    }
    const [[end], rows] = await db.readAll(member.ctx, [
      reading[reads].scanEnd(after, head.position),
      reading[reads].own(filter, after, head.position, rowsPerCatchUp),
    ])
    // It may have ended during the question, and nothing follows an end.
    if (member.hasEnded) return
    for (const row of rows) member.sink.send(member.format.event(row, life))
    const last = rows.length === rowsPerCatchUp ? rows.at(-1) : undefined
    member.position = last?.position ?? Math.max(after, end?.upTo ?? head.position)
  }

  private read(): void {
    this.isDue = true
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined
      // Somebody asked after the last look.
      if (this.isDue && this.at) this.read()
    })
  }

  private async readAll(): Promise<void> {
    while (this.isDue && this.at) {
      this.isDue = false
      try {
        this.isPaging = true
        if (await this.readOnce(this.at)) this.isDue = true
      } catch (error) {
        // The next wake-up comes within seconds, and nothing was passed over.
        this.options.log.warn({ error }, 'Streams could not read the log and will go on')
      } finally {
        this.endPage()
      }
    }
  }

  /** Sends one page to everybody; true when there may be more. */
  private async readOnce(from: Place): Promise<boolean> {
    const { platform, context, reads } = this.options
    const tenants = this.live.size > maxNamedTenants ? null : [...this.live.keys()]
    const rows = await platform.read(
      context(),
      'send events to their tenants',
      reading[reads].everyTenant(from.incarnation, from.position, tenants, rowsPerRead),
    )
    const end = rows.pop()
    if (!end) {
      for (const member of [...this.all]) this.end(member, 'incarnation_ended')
      return false
    }
    const isFull = rows.length === rowsPerRead
    const upTo = isFull ? (rows.at(-1)?.position ?? from.position) : end.position
    for (const row of rows) this.broadcast(row as LogRow, from)
    // Otherwise everybody left meanwhile, and whoever came since begins elsewhere.
    if (this.at === from) this.at = { ...from, position: upTo }
    return isFull || upTo >= from.position + scanPositions
  }

  private broadcast(row: LogRow, life: Life): void {
    const written = new Map<Format, Uint8Array>()
    for (const member of this.live.get(row.tenantId) ?? []) {
      if (row.position <= member.position || !member.matches(row)) continue
      const { format, sink } = member
      let bytes = written.get(format)
      if (!bytes) {
        bytes = format.event(row, life)
        written.set(format, bytes)
      }
      sink.send(bytes)
      if (sink.waitingBytes > maxWaitingBytes) this.end(member, 'slow')
    }
  }

  private beat(): void {
    const nowMs = performance.now()
    const { at } = this
    for (const member of [...this.all]) if (nowMs > member.renewAtMs) this.end(member, 'renew')
    if (!at) return
    const written = new Map<Format, Uint8Array>()
    for (const members of this.live.values())
      for (const member of members) {
        // Who came from further on would be told to go back.
        if (member.position > at.position) continue
        const bytes = written.get(member.format) ?? member.format.heartbeat(at)
        written.set(member.format, bytes)
        member.sink.send(bytes)
      }
  }
}
