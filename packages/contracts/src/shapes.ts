import { z } from 'zod'

/**
 * The id of one resource: a UUIDv7 made by the application (RFC 9562).
 * The resource's name travels with the schema, so that documentation can show relations and the
 * isolation proof can aim one tenant's order at every place that takes an order.
 */
export function id(resource: string): z.ZodUUID {
  let schema = ids.get(resource)
  if (!schema) {
    schema = z.uuid().toLowerCase().meta({ 'x-resource': resource })
    ids.set(resource, schema)
  }
  return schema
}
const ids = new Map<string, z.ZodUUID>()

/** The tenant that is the platform itself: operators and the staff of every tenant are its users. */
export const platformTenantId = '00000000-0000-7000-8000-000000000001'

/** RFC 3339, UTC, millisecond precision: the only form in which time crosses a boundary. */
export const timestamp = z.iso.datetime({ precision: 3 })

/**
 * What products are taxed as, such as `standard` and `reduced`: the catalogue says it of a product, and
 * the rates of a place say what it comes to.
 */
export const taxClass = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)
export const standardTax = 'standard'

/** A moment as others write it, in any zone; its year has four digits wherever it is read. */
export const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => /^[1-9]\d{3}-/.test(isoOf(text)), 'must be in the years 1000 to 9999')

function isoOf(text: string): string {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** ISO 4217 alphabetic code. */
export const currency = z.string().regex(/^[A-Z]{3}$/)

/** An amount in the currency's minor unit (cents); a safe integer, so it is exact everywhere. */
export const money = z.object({ amountMinor: z.int(), currency })
export type Money = z.infer<typeof money>

/** NFC text a person typed; control characters other than tab and line breaks are refused. */
export function text(minLength: number, maxLength: number): z.ZodString {
  return z
    .string()
    .trim()
    .normalize()
    .min(minLength)
    .max(maxLength)
    .regex(printable, { error: 'Invalid string: must not hold control characters' })
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const printable = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/

/** An e-mail address, lower-cased: identity is (tenant, e-mail) without regard to case. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email())

/** BCP 47 language tag. */
export const locale = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)

/** A language (BCP 47, without extensions), in its one spelling: `DE-at` is `de-AT`. */
export const languageTag = z
  .string()
  .max(35)
  .refine((tag) => spelt(tag) !== undefined, 'must be a language such as de or de-AT')
  .overwrite((tag) => spelt(tag) ?? tag)

function spelt(tag: string): string | undefined {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return undefined
  try {
    return new Intl.Locale(tag).baseName
  } catch {
    return undefined
  }
}

/** What one page of a list holds at most. */
export const longestPage = 100

/** Query of a list: `after` is the opaque cursor that the page before answered as `next`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(longestPage).default(20),
  after: z.string().min(1).max(500).optional(),
})

/** One page of a list; `next` is null on the last. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

/** The body of a reply that has none (204). */
export const nothing = z.void()

/**
 * Marks a field of an event as personal data of the subject whose id stands in `subjectField`.
 * It is encrypted under the subject's key before the event is stored; erasing the key erases it
 * from all history, and whoever reads the event then finds null.
 */
export function personal<Schema extends z.ZodType>(
  schema: Schema,
  subjectField: string,
): z.ZodNullable<Schema> {
  return schema.nullable().meta({ ...schema.meta(), 'x-personal': subjectField })
}
