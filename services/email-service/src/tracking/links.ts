// Links that tell that a mail was opened or where it led to. Each carries which mail of which tenant
// and which of its links, signed, so that nobody can make one; and it leads only where the mail does.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '@prognetwork/shared-infrastructure'

/** The place of no link: that the mail was opened. */
const opening = 0xffff
/** A mail has no more links than this that are told apart. */
const maxLinks = 1_000
const signatureBytes = 16

export interface Tracked {
  readonly tenantId: string
  readonly messageId: string
  /** Undefined: it was opened. */
  readonly link: number | undefined
}

export function createLinks({ keyRing, publicUrl }: { keyRing: KeyRing; publicUrl: string }) {
  const secret = keyRing.deriveKey('mail-tracking')
  const sign = (bytes: Buffer) =>
    createHmac('sha256', secret).update(bytes).digest().subarray(0, signatureBytes)

  function tokenOf({ tenantId, messageId, link = opening }: Tracked): string {
    const place = Buffer.alloc(2)
    place.writeUInt16BE(link)
    const bytes = Buffer.concat([uuidBytes(tenantId), uuidBytes(messageId), place])
    return Buffer.concat([bytes, sign(bytes)]).toString('base64url')
  }

  return {
    tokenOf,

    /** What a token says; undefined when it was not made here. */
    read(token: string): Tracked | undefined {
      const whole = Buffer.from(token, 'base64url')
      if (whole.length !== 34 + signatureBytes) return undefined
      const bytes = whole.subarray(0, 34)
      if (!timingSafeEqual(whole.subarray(34), sign(bytes))) return undefined
      const place = bytes.readUInt16BE(32)
      return {
        tenantId: uuidOf(bytes.subarray(0, 16)),
        messageId: uuidOf(bytes.subarray(16, 32)),
        link: place === opening ? undefined : place,
      }
    },

    /** The mail with its links led by way of the platform, and a picture that is asked for. */
    track(html: string, tenantId: string, messageId: string): { html: string; links: string[] } {
      const links: string[] = []
      const led = html.replaceAll(anchors, (whole, before, quote, address) => {
        const target = plain(address)
        if (!URL.canParse(target)) return whole
        let link = links.indexOf(target)
        if (link < 0 && links.length < maxLinks) link = links.push(target) - 1
        if (link < 0) return whole
        const token = tokenOf({ tenantId, messageId, link })
        return `${before}${quote}${publicUrl}/api/v1/mail-links/${token}${quote}`
      })
      const token = tokenOf({ tenantId, messageId, link: undefined })
      const source = `${publicUrl}/api/v1/mail-opens/${token}`
      const picture = `<img src="${source}" alt="" width="1" height="1" style="display:block">`
      const end = led.lastIndexOf('</body>')
      const watched = end < 0 ? led + picture : led.slice(0, end) + picture + led.slice(end)
      return { html: watched, links }
    },
  }
}

export type Links = ReturnType<typeof createLinks>

const anchors = /(<a\b[^>]*?\shref\s*=\s*)(["'])(https?:\/\/[^"'<>\s]+)\2/gi

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#39': "'", '#34': '"' }

/** An address without the entities that stand in an attribute. */
function plain(address: string): string {
  return address.replaceAll(/&(amp|quot|#39|#34);/g, (_, name) => entities[name] ?? '')
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...parts, hex.slice(20)].join('-')
}
