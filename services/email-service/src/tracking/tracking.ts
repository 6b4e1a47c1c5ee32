// Mails that are opened, and links in them that are followed. The first time of each is told, in the
// trace of what caused the mail; later ones are counted.
import type { Context, Statement } from '@prognetwork/contracts'
import {
  emailClicked,
  type emailContract,
  emailOpened,
  linkUnknown,
} from '@prognetwork/contracts/email'
import {
  type Database,
  type EventPublisher,
  type Handlers,
  newId,
  type Observe,
  type PlatformDoor,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { aboutMessage } from '../messages/about-message.ts'
import { findMessage, insertNote, type Message } from '../messages/messages.store.ts'
import type { Links, Tracked } from './links.ts'
import { isPerson } from './readers.ts'

type EmailHandlers = Handlers<typeof emailContract>

const pixel = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
const reason = 'a mail was looked at'

const countOpen = statement<{ opens: number }, [id: string]>(
  'message.count_open',
  'update message set opens = opens + 1 where id = $1 returning opens',
)
const countClick = statement<{ clicks: number }, [id: string]>(
  'message.count_click',
  'update message set clicks = clicks + 1 where id = $1 returning clicks',
)
/** Nothing when the link was followed before. */
const noteClick = statement<
  { id: string },
  [messageId: string, id: string, at: string, link: string]
>(
  'message_note.insert_click',
  `insert into message_note (message_id, id, kind, at, detail) values ($1, $2, 'clicked', $3, $4)
   on conflict (tenant_id, message_id, detail) where kind = 'clicked' do nothing
   returning id`,
)

export function createTracking(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly links: Links
  readonly observe: Observe
}) {
  const { db, platform, events, links, observe } = parts

  /** The mail of a token, and the context of its tenant in the trace of what caused the mail. */
  async function find(ctx: Context, token: string) {
    const tracked = links.read(token)
    if (!tracked) throw unknown()
    const inTenant = platform.enter(ctx, tracked.tenantId, reason)
    const [message] = await db.read(inTenant, findMessage(tracked.messageId))
    if (!message) throw unknown()
    return { tracked, message, inTenant: { ...inTenant, trace: message.trace } }
  }

  /** Whoever follows a link has the mail open, also where pictures are not loaded. */
  async function opened(ctx: Context, message: Message): Promise<Statement[]> {
    const { id } = message
    return [
      insertNote(id, newId(), 'opened', ctx.now, null),
      await events.put(ctx, emailOpened, aboutMessage(message)),
    ]
  }

  async function noteOpening(ctx: Context, message: Message): Promise<void> {
    await db.transaction(ctx, async (tx) => {
      const [counted] = await tx.run(countOpen(message.id))
      if (counted?.opens === 1) await tx.batch(await opened(ctx, message))
    })
  }

  async function noteFollowing(ctx: Context, message: Message, link: number): Promise<void> {
    await db.transaction(ctx, async (tx) => {
      const { id } = message
      await tx.run(countClick(id))
      const [first] = await tx.run(noteClick(id, newId(), ctx.now, String(link)))
      if (!first) return
      const about = { ...aboutMessage(message), link }
      await tx.run(await events.put(ctx, emailClicked, about))
    })
  }

  const open: EmailHandlers['openMail'] = async (ctx, { params }) => {
    const { tracked, message, inTenant } = await find(ctx, params.token)
    if (tracked.link !== undefined) throw unknown()
    if (isPerson(ctx.userAgent))
      await observe(inTenant, 'mail opened', (step) => noteOpening(step, message))
    return { bytes: pixel }
  }

  const follow: EmailHandlers['followLink'] = async (ctx, { params }) => {
    const { tracked, message, inTenant } = await find(ctx, params.token)
    const target = targetOf(tracked, message)
    if (!target) throw unknown()
    if (isPerson(ctx.userAgent)) {
      await observe(inTenant, 'link followed', async (step) => {
        if (message.opens === 0) await noteOpening(step, message)
        await noteFollowing(step, message, target.link)
      })
    }
    return { location: target.location }
  }

  return { handlers: { openMail: open, followLink: follow } }
}

/** Only what was in the mail, and not when it was forgotten. */
function targetOf({ link }: Tracked, { links }: Message) {
  const location = link === undefined ? undefined : links[link]
  return link === undefined || location === undefined ? undefined : { link, location }
}

function unknown(): Problem {
  return new Problem(linkUnknown, 'The link is not whole, or its mail was forgotten')
}
