// Pages that follow an order: each is told that it has changed, and reads it again. The stream says
// nothing of the order itself, so what a reader may see is decided where orders are read.
import type { Context, EventContract, EventSink } from '@prognetwork/contracts'
import {
  orderCancelled,
  type orderContract,
  orderDelivered,
  orderPaid,
  orderRefunded,
  orderReturnApproved,
  orderReturned,
  orderReturnReceived,
  orderReturnRefunded,
  orderReturnRefused,
  orderReturnRequested,
  orderShipped,
  tooManyFollowers,
} from '@prognetwork/contracts/order'
import { type Watch, watch } from '@prognetwork/event-based-service-client'
import { type Handlers, Problem } from '@prognetwork/shared-infrastructure'
import type { Orders } from './orders.ts'

type OrderHandlers = Handlers<typeof orderContract>

interface Follower {
  readonly sink: EventSink
  /** When it ends and the page asks anew, so that who may not see the order any more does not. */
  readonly renewAtMs: number
}

interface Times {
  readonly heartbeatMs: number
  readonly renewMs: number
}
const defaultTimes: Times = { heartbeatMs: 10_000, renewMs: 300_000 }
const maxWaitingBytes = 16_384

export function createOrderChanges(parts: {
  readonly orders: Pick<Orders, 'readMine' | 'lookUp'>
  /** Of one tenant in this process. */
  readonly maxFollowers: number
  readonly times?: Partial<Times>
}) {
  const { orders, maxFollowers } = parts
  const { heartbeatMs, renewMs } = { ...defaultTimes, ...parts.times }
  const followers = new Map<string, Set<Follower>>()
  const counts = new Map<string, number>()
  const timer = setInterval(beat, heartbeatMs).unref()

  function leave(tenantId: string, place: string, follower: Follower): void {
    const others = followers.get(place)
    if (!others?.delete(follower)) return
    if (others.size === 0) followers.delete(place)
    const left = (counts.get(tenantId) ?? 1) - 1
    if (left > 0) counts.set(tenantId, left)
    else counts.delete(tenantId)
  }

  function join({ scope: { tenantId }, now }: Context, orderId: string, sink: EventSink): void {
    const place = placeOf(tenantId, orderId)
    // Drawn, so that those who came together do not come back together.
    const renewAtMs = performance.now() + renewMs * (0.8 + Math.random() * 0.2)
    const follower = { sink, renewAtMs }
    followers.set(place, (followers.get(place) ?? new Set()).add(follower))
    counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1)
    sink.onEnd(() => leave(tenantId, place, follower))
    // The page was made before this: what came in between is read now.
    tell(sink, now)
  }

  function follow(ctx: Context, orderId: string): (sink: EventSink) => void {
    if ((counts.get(ctx.scope.tenantId) ?? 0) >= maxFollowers)
      throw new Problem(tooManyFollowers, `At most ${maxFollowers} may be open at a time`)
    return (sink) => join(ctx, orderId, sink)
  }

  function changed({ scope, now }: Context, orderId: string): void {
    for (const { sink } of followers.get(placeOf(scope.tenantId, orderId)) ?? []) tell(sink, now)
  }

  /** Finds who is gone, who does not read, and whose time is over. */
  function beat(): void {
    const nowMs = performance.now()
    for (const { sink, renewAtMs } of [...followers.values()].flatMap((one) => [...one]))
      if (sink.waitingBytes > maxWaitingBytes) sink.end(true)
      else if (nowMs > renewAtMs) sink.end()
      else if (sink.kind === 'event-stream') sink.send(alive)
  }

  const followMine: OrderHandlers['followMyOrder'] = async (ctx, input) => {
    const { id } = await orders.readMine(ctx, input)
    return follow(ctx, id)
  }
  const followByKey: OrderHandlers['followOrder'] = async (ctx, input) => {
    const { id } = await orders.lookUp(ctx, input)
    return follow(ctx, id)
  }

  const told: readonly EventContract[] = [
    ...[orderCancelled, orderDelivered, orderPaid, orderRefunded, orderReturned, orderShipped],
  ]
  const toldOfReturns = [
    ...[orderReturnRequested, orderReturnApproved, orderReturnRefused],
    ...[orderReturnReceived, orderReturnRefunded],
  ] as const
  const snapshot: Watch['snapshot'] = ({ now }) => {
    for (const one of followers.values()) for (const { sink } of one) tell(sink, now)
  }
  return {
    followMine,
    followByKey,
    watches: [
      ...told.map((event) => watch(event, (ctx, { key }) => changed(ctx, key), { snapshot })),
      ...toldOfReturns.map((event) =>
        watch(event, (ctx, { data }) => changed(ctx, data.orderId), { snapshot }),
      ),
    ],
    drain() {
      clearInterval(timer)
      for (const { sink } of [...followers.values()].flatMap((one) => [...one])) sink.end()
    },
  }
}

const alive = Buffer.from(': alive\n\n')

function tell(sink: EventSink, at: string): void {
  const text = JSON.stringify({ at })
  // A WebSocket's text message in one frame (RFC 6455, 5.2); it is short enough for the short form.
  const bytes =
    sink.kind === 'event-stream'
      ? Buffer.from(`data: ${text}\n\n`)
      : Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)])
  sink.send(bytes)
}

function placeOf(tenantId: string, orderId: string): string {
  return `${tenantId}/${orderId}`
}
