import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { currency, email, locale, text, timestamp } from '../shapes.ts'
import { webClients } from '../web-clients.ts'
import { vatId } from './vat-id.ts'

/** What a tenant decides about itself. */
export const tenantSettings = z.object({
  displayName: text(1, 100),
  locale,
  timezone: z.string().min(1).max(60),
  /** Of prices that do not say otherwise; always among `currencies`. */
  currency,
  currencies: z.array(currency).min(1).max(50),
  supportEmail: email.nullable(),
  /** `#rrggbb`. */
  brandColor: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** For so many days after something was sent, or has arrived, customers may ask to return it. */
  returnDays: z.int().min(0).max(3_650),
  /** Who sells, as it stands on invoices: the registered name and address, line by line. */
  sellerAddress: z.array(text(1, 200)).min(1).max(6).nullable(),
  vatId: vatId.nullable(),
})
export type TenantSettings = z.output<typeof tenantSettings>

const exampleSettings = {
  displayName: 'Lovelace Looms',
  locale: 'en',
  timezone: 'Europe/London',
  currency: 'GBP',
  currencies: ['GBP', 'EUR'],
  supportEmail: 'help@example.com',
  brandColor: '#0f5f66',
  returnDays: 30,
  sellerAddress: ['Lovelace Looms Ltd', '12 St James Square', 'London SW1Y 4JH'],
  vatId: 'GB980780684',
}

const versionedSettings = z.object({
  version: z.int(),
  validFrom: timestamp,
  settings: tenantSettings,
})

export const settingsMissing = problem(
  'missing',
  'tenant.settings_missing',
  'The tenant had no settings at that time',
)
export const settingsChanged = problem(
  'precondition',
  'tenant.settings_changed',
  'Somebody else changed the settings meanwhile',
)
export const settingsUnfit = problem(
  'unprocessable',
  'tenant.settings_unfit',
  'The settings contradict each other',
)

export const readSettings = operation('GET', '/v1/tenant/settings', {
  summary: 'The settings of the tenant, now or as they were at any time',
  auth: { permission: 'tenant:settings:read' },
  // There is no year 0 (RFC 3339 has one, PostgreSQL does not).
  query: z.strictObject({
    at: z.iso
      .datetime()
      .regex(/^(?!0000)/)
      .optional(),
  }),
  reply: { 200: versionedSettings },
  problems: [settingsMissing],
  example: {
    query: { at: examples.time },
    reply: { version: 1, validFrom: examples.time, settings: exampleSettings },
  },
})

export const findTenantSettings = operation('GET', '/v1/tenant-settings', {
  summary: 'The settings of the tenant as they are now, for services',
  auth: { service: ['email-service', 'order-service', 'product-service', ...webClients] },
  reply: { 200: versionedSettings },
  problems: [settingsMissing],
  example: {
    reply: { version: 1, validFrom: examples.time, settings: exampleSettings },
  },
})

export const changeSettings = operation('PATCH', '/v1/tenant/settings', {
  summary: 'Change settings; `version` is the one the change was made from',
  auth: { permission: 'tenant:settings:update' },
  idempotent: true,
  body: z.strictObject({
    version: z.int().min(1),
    changes: z.strictObject(tenantSettings.partial().shape),
  }),
  reply: { 200: versionedSettings },
  problems: [settingsMissing, settingsChanged, settingsUnfit],
  example: {
    body: { version: 1, changes: { brandColor: '#0f5f66' } },
    reply: { version: 2, validFrom: examples.time, settings: exampleSettings },
  },
})
