import {
  settingsChanged,
  settingsMissing,
  settingsUnfit,
  type TenantSettings,
  type tenantContract,
  tenantSettingsChanged,
} from '@prognetwork/contracts/tenant'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type Handlers,
  onConstraint,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { findSettings, insertSettings } from './settings.store.ts'

type TenantHandlers = Handlers<typeof tenantContract>

/** A tenant's settings: typed, versioned, and readable as of any time. */
export function createSettings(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
}) {
  const { db, events, audit } = parts

  const read: TenantHandlers['readSettings'] = async (ctx, { query }) => {
    const [found] = await db.read(ctx, findSettings(query.at ?? ctx.now))
    return found ?? missing()
  }

  const find: TenantHandlers['findTenantSettings'] = async (ctx) => {
    const [found] = await db.read(ctx, findSettings(ctx.now))
    return found ?? missing()
  }

  const change: TenantHandlers['changeSettings'] = async (ctx, { body }) => {
    const changed = Object.keys(body.changes)
    return onConstraint({ settings_version_pkey: outdated }, () =>
      db.transaction(ctx, async (tx) => {
        const [current] = await tx.run(findSettings(ctx.now))
        const { version, settings } = current ?? missing()
        if (version !== body.version) throw outdated()
        const next = { ...settings, ...given(body.changes) }
        refuseContradictions(next)
        const answer = { version: version + 1, validFrom: ctx.now, settings: next }
        await tx.batch([
          insertSettings(answer.version, next, ctx.principal.subject, ctx.now),
          await events.put(ctx, tenantSettingsChanged, {
            tenantId: ctx.scope.tenantId,
            version: answer.version,
            changed,
          }),
          audit(ctx, {
            action: 'tenant.settings_changed',
            outcome: 'success',
            detail: { changed, version: answer.version },
          }),
          ctx.answer(answer),
        ])
        return answer
      }),
    )
  }

  return { read, find, change }
}

/** The changes without what was left out. */
function given(changes: { [Key in keyof TenantSettings]?: TenantSettings[Key] | undefined }) {
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<TenantSettings>
}

function refuseContradictions(settings: TenantSettings): void {
  if (!settings.currencies.includes(settings.currency))
    throw new Problem(settingsUnfit, 'The default currency must be one of the currencies', {
      errors: [
        {
          pointer: '/body/changes/currency',
          expected: `one of ${settings.currencies.join(', ')}`,
          detail: `It is ${settings.currency}`,
        },
      ],
    })
}

function missing(): never {
  throw new Problem(settingsMissing, 'Ask for a later time')
}

function outdated(): Problem {
  return new Problem(settingsChanged, 'Read the settings again and repeat the change')
}
