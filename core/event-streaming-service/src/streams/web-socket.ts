import { Buffer } from 'node:buffer'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import type { EndReason, Format } from './hub.ts'

/**
 * Events as messages of a WebSocket, framed once for all of its clients (RFC 6455, section 5): each
 * is one CloudEvent as text. A heartbeat is a ping; the reason of an end is that of its close.
 */
export function createMessages(events: CloudEvents): Format {
  return {
    greeting: undefined,
    event: (row, life) => frame(textFrame, Buffer.from(events.textOf(row, life))),
    heartbeat: () => frame(pingFrame, Buffer.alloc(0)),
    end(reason) {
      const payload = Buffer.alloc(2 + reason.length)
      payload.writeUInt16BE(closeCodes[reason])
      payload.write(reason, 2)
      return frame(closeFrame, payload)
    },
  }
}

const textFrame = 0x1
const closeFrame = 0x8
const pingFrame = 0x9

/** Section 7.4; of those of 4000 and more every application has its own. */
const closeCodes: Readonly<Record<EndReason, number>> = {
  draining: 1012,
  slow: 1013,
  renew: 4000,
  incarnation_ended: 4001,
}

/** One unmasked frame that ends its message, as servers send them. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload])
  const head = Buffer.alloc(length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  if (length < 65_536) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}
