import type { TenantSettings } from '@prognetwork/contracts/tenant'
import { command, statement } from '@prognetwork/shared-infrastructure'

export interface SettingsVersion {
  readonly version: number
  readonly validFrom: string
  readonly settings: TenantSettings
}

const insert = command<[version: number, settings: string, changedBy: string, validFrom: string]>(
  'settings_version.insert',
  `insert into settings_version (version, settings, changed_by, valid_from)
   values ($1, $2, $3, $4)`,
)

/** Two changes made from one version collide on the primary key; one of them is told. */
export function insertSettings(
  version: number,
  settings: TenantSettings,
  changedBy: string,
  validFrom: string,
) {
  return insert(version, JSON.stringify(settings), changedBy, validFrom)
}

/** With what settings did not say before it could be said. */
export const findSettings = statement<SettingsVersion, [at: string]>(
  'settings_version.find',
  `select version, valid_from as "validFrom",
     '{"returnDays": 30, "sellerAddress": null, "vatId": null}'::jsonb || settings as settings
   from settings_version
   where valid_from <= $1 order by version desc limit 1`,
)

/** What a tenant starts with, from the little it said when it was created. */
export function firstSettings(tenant: {
  name: string
  locale: string
  timezone: string
  currency: string
}): TenantSettings {
  return {
    displayName: tenant.name,
    locale: tenant.locale,
    timezone: tenant.timezone,
    currency: tenant.currency,
    currencies: [tenant.currency],
    supportEmail: null,
    brandColor: null,
    ...{ returnDays: 30, sellerAddress: null, vatId: null },
  }
}
