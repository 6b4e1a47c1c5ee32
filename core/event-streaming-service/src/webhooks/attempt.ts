// One request to one endpoint, and what it brought. Every failure becomes a sentence for the tenant.
import type { Log } from '@prognetwork/contracts'
import { webhookTest } from '@prognetwork/contracts/event-streaming'
import {
  OutsideRefused,
  type OutsideReply,
  type OutsideRequests,
  outsideFailure,
  type RealTime,
} from '@prognetwork/shared-infrastructure'
import type { CloudEvents, LogRow } from '../cloud-event/cloud-event.ts'
import type { Life } from '../cursor/cursor.ts'
import { retryAfterMs } from './retries.ts'
import { type Secrets, signatureHeaders } from './secrets.ts'
import type { DueDelivery } from './sender.store.ts'

export interface Attempt {
  readonly at: string
  readonly durationMs: number
  readonly status: number | null
  readonly reply: string
  /** Null when it was delivered. */
  readonly error: string | null
  /** Trying again would bring nothing else. */
  readonly isFinal: boolean
  readonly retryAfterMs?: number | undefined
}

type Reply = Omit<Attempt, 'at' | 'durationMs'>

const timeoutMs = 15_000
const maxReplyBytes = 65_536
const shownCharacters = 1_000
/** The endpoint wants nothing more (RFC 9110, section 15.5.11, and Standard Webhooks). */
export const goneStatus = 410

export function createAttempts(parts: {
  readonly outside: Pick<OutsideRequests, 'send'>
  readonly secrets: Secrets
  readonly cloudEvents: CloudEvents
  readonly realTime: RealTime
  readonly log: Log
}) {
  const { outside, secrets, cloudEvents, realTime, log } = parts

  /** What is sent; nothing when the log does not hold the event any more. */
  function bodyOf(delivery: DueDelivery): string | undefined {
    const { eventId, data } = delivery
    if (!delivery.isLogged) return testOf(delivery)
    return data === null
      ? undefined
      : cloudEvents.textOf({ ...delivery, id: eventId, data }, lifeOf(delivery))
  }

  function testOf(delivery: DueDelivery): string {
    // It stands nowhere in the log, so there is no place after which to go on.
    const { cursor, ...test } = cloudEvents.of(testRow(delivery), lifeOf(delivery))
    return JSON.stringify(test)
  }

  async function send(
    delivery: DueDelivery,
    body: string,
    signal: AbortSignal,
  ): Promise<OutsideReply> {
    const { tenantId, endpointId, secret, previousSecret } = delivery
    const keys = [secret, previousSecret].flatMap((sealed) =>
      sealed ? [secrets.open(sealed, tenantId, endpointId)] : [],
    )
    const timestamp = Math.floor(realTime.nowMs() / 1_000)
    return outside.send({
      url: delivery.url,
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'user-agent': 'ProgNetwork-Webhooks',
        ...signatureHeaders(delivery.eventId, timestamp, body, keys),
      },
      ...{ body, timeoutMs, maxReplyBytes, signal },
    })
  }

  async function attempted(delivery: DueDelivery, signal: AbortSignal): Promise<Reply> {
    const body = bodyOf(delivery)
    if (body === undefined) return failure('The log does not hold the event any more', true)
    try {
      return judged(await send(delivery, body, signal), realTime.nowMs())
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof OutsideRefused))
        log.debug({ error, deliveryId: delivery.id }, 'A webhook was not delivered')
      return failure(outsideFailure(error), false)
    }
  }

  /** Throws only when it was ended by `signal`. */
  return async (delivery: DueDelivery, signal: AbortSignal): Promise<Attempt> => {
    const at = realTime.now()
    const startedMs = performance.now()
    const reply = await attempted(delivery, signal)
    return { at, durationMs: Math.round(performance.now() - startedMs), ...reply }
  }
}

function testRow(delivery: DueDelivery): LogRow {
  const { tenantId, endpointId, eventId } = delivery
  return {
    ...{ position: 0, tenantId, id: eventId, key: endpointId, source: null },
    topic: 'event-streaming-service',
    type: webhookTest.type,
    version: webhookTest.version,
    time: delivery.createdAt,
    ...{ aggregateVersion: null, traceparent: null, causationId: null, correlationId: null },
    data: JSON.stringify({ endpointId }),
  }
}

function judged({ status, headers, body }: OutsideReply, nowMs: number): Reply {
  const isDelivered = status >= 200 && status < 300
  return {
    status,
    reply: shown(body),
    error: isDelivered ? null : `It answered with status ${status}`,
    isFinal: status === goneStatus,
    retryAfterMs: isDelivered ? undefined : retryAfterMs(headers['retry-after'], nowMs),
  }
}

function failure(error: string, isFinal: boolean): Reply {
  return { status: null, reply: '', error, isFinal }
}

/** What can be stored and shown of whatever came back. */
function shown(body: Buffer): string {
  return body
    .toString('utf8')
    .slice(0, shownCharacters)
    .toWellFormed()
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '\ufffd')
}

/** Webhooks take events of the domain log alone. */
function lifeOf({ incarnation }: DueDelivery): Life {
  return { log: 'domain', incarnation }
}
