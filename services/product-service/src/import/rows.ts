// One row of a file as what it says of a product and a variant. A cell that is empty says nothing:
// what the product has stays.
import { taxClass } from '@prognetwork/contracts'
import {
  attributeInput,
  catalogueSlug,
  imageUrl,
  label,
  onHand,
  productStatus,
  stockPolicy,
  tags,
} from '@prognetwork/contracts/product'
import { z } from 'zod'
import { expectedValue, readValue } from '../attributes/attribute-values.ts'
import { safeMarkup } from '../text/folding.ts'
import { minorDigits, parseAmount } from './amount.ts'
import { type Columns, type Field, nameOfField, type TranslatedField } from './columns.ts'
import type { CsvRow } from './csv-file.ts'
import type { SaidTranslation } from './said-translations.ts'

export interface RowError {
  readonly line: number
  readonly column: string
  readonly expected: string
  readonly detail: string
}

/** Fields that were said; the others stay as they are. */
export interface SaidProduct {
  readonly title?: string
  readonly description?: string
  readonly vendor?: string
  readonly type?: string
  readonly tags?: readonly string[]
  readonly status?: 'draft' | 'active' | 'archived'
  readonly taxClass?: string
  readonly options?: readonly string[]
  readonly attributes?: Readonly<Record<string, string>>
  readonly translations?: readonly SaidTranslation[]
}

export interface SaidVariant {
  readonly sku?: string
  readonly barcode?: string
  readonly optionValues: readonly string[]
  readonly weightGrams?: number
  readonly imageUrl?: string
  /** Addresses of images of its product. */
  readonly images?: readonly string[]
  readonly onHand?: number
  readonly stockPolicy?: 'deny' | 'continue' | 'untracked'
  readonly prices: readonly SaidPrice[]
}

/** An amount that is undefined stays as it is. */
export interface SaidPrice {
  readonly currency: string
  readonly amountMinor: number | undefined
  readonly compareAtMinor: number | null | undefined
}

/** What one row says. */
export interface Entry {
  readonly line: number
  readonly slug: string
  readonly product: SaidProduct
  readonly variant: SaidVariant | undefined
  readonly image: { readonly url: string; readonly alt: string | null } | undefined
  /** Names from the top of the tree down. */
  readonly category: readonly string[] | undefined
}

const line = z
  .string()
  .normalize()
  .regex(/^[^\p{Cc}]*$/u)
/** Spreadsheets write 5 as 5.0; what else JavaScript takes for a number is none here. */
const decimal = z.string().regex(/^[+-]?\d+(?:\.0*)?$/)
const cell = {
  title: line.max(255),
  label: line.pipe(label),
  sku: line.max(100),
  optionName: line.max(60),
  optionValue: line.max(200),
  alt: line.max(500),
  images: z
    .string()
    .transform((text) => text.split(/[\r\n]+/).flatMap((one) => one.trim() || []))
    .pipe(z.array(imageUrl).max(20)),
  description: z
    .string()
    .max(100_000)
    .refine((text) => !text.includes('\u0000')),
  weight: decimal.pipe(z.coerce.number<string>().int().min(0).max(100_000_000)),
  onHand: decimal.pipe(z.coerce.number<string>().pipe(onHand)),
  published: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'])),
  tags: z
    .string()
    .transform((text) => [...new Set(text.split(',').map((one) => one.trim()))].filter(Boolean))
    .pipe(tags),
  category: z
    .string()
    .transform((text) => text.split('>').map((one) => one.trim()))
    .pipe(z.array(line.min(1).max(100)).max(20)),
}

/** Reads rows of one file; `currency` is that of prices whose column names none. */
export function createRowReader(columns: Columns, currency: string) {
  return (row: CsvRow): Entry | RowError[] => {
    const reading = new Reading(row, columns)
    const entry = readEntry(reading, columns, currency)
    return reading.errors.length > 0 ? reading.errors : entry
  }
}

class Reading {
  readonly row: CsvRow
  readonly columns: Columns
  readonly errors: RowError[] = []

  constructor(row: CsvRow, columns: Columns) {
    this.row = row
    this.columns = columns
    if (row.cells.length > columns.names.length)
      this.refuse(
        'row',
        `${columns.names.length} cells`,
        `There are ${row.cells.length}; is a comma not quoted?`,
      )
  }

  refuse(column: string, expected: string, detail: string): void {
    this.errors.push({ line: this.row.line, column, expected, detail })
  }

  cellAt(place: number | undefined): string | undefined {
    const text = place === undefined ? undefined : this.row.cells[place]?.trim()
    return text === '' ? undefined : text
  }

  nameOf(place: number | undefined): string {
    return (place === undefined ? undefined : this.columns.names[place]) ?? 'row'
  }

  /** The value of a field; a cell that does not fit is an error of the row. */
  read<T>(
    field: Field,
    schema: z.ZodType<T>,
    expected: string,
    place = this.columns.placeOf.get(field),
  ): T | undefined {
    const text = this.cellAt(place)
    if (text === undefined) return undefined
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    this.refuse(this.nameOf(place), expected, `It is ${JSON.stringify(text.slice(0, 60))}`)
    return undefined
  }
}

function readEntry(reading: Reading, columns: Columns, currency: string): Entry {
  const slug = reading.read(
    'slug',
    z.string().toLowerCase().pipe(catalogueSlug),
    'letters, digits and hyphens, and not an id',
  )
  if (slug === undefined && reading.errors.length === 0)
    reading.refuse(
      reading.nameOf(columns.placeOf.get('slug')),
      'the name of a product',
      'It is empty',
    )
  const imageAt = reading.read('imageUrl', imageUrl, 'an http(s) address')
  return {
    line: reading.row.line,
    slug: slug ?? '',
    product: readProduct(reading),
    variant: readVariant(reading, columns, currency),
    image:
      imageAt === undefined
        ? undefined
        : {
            url: imageAt,
            alt: reading.read('imageAlt', cell.alt, 'at most 500 characters') ?? null,
          },
    category: reading.read('category', cell.category, 'names of up to 100 characters between >'),
  }
}

function readProduct(reading: Reading): SaidProduct {
  const published = reading.read('published', cell.published, 'true or false')
  const description = reading.read('description', cell.description, 'at most 100000 characters')
  const names = ([1, 2, 3] as const).map((n) =>
    reading.read(`option${n}Name`, cell.optionName, 'at most 60 characters'),
  )
  return without({
    title: reading.read('title', cell.title, 'at most 255 characters in one line'),
    description: description === undefined ? undefined : safeMarkup(description),
    vendor: reading.read('vendor', cell.label, 'at most 200 characters in one line'),
    type: reading.read('type', cell.label, 'at most 200 characters in one line'),
    tags: reading.read('tags', cell.tags, 'at most 250 tags of 100 characters, between commas'),
    taxClass: reading.read('taxClass', taxClass, 'small letters, digits and _'),
    status:
      reading.read(
        'status',
        z.string().toLowerCase().pipe(productStatus),
        'draft, active or archived',
      ) ?? (published === undefined ? undefined : published === 'true' ? 'active' : 'draft'),
    options: names[0] === undefined ? undefined : isDefault(reading) ? [] : given(names),
    attributes: readAttributes(reading),
    translations: readTranslations(reading),
  })
}

const translatedCells = {
  title: cell.title,
  description: cell.description,
  ...{ option1Name: cell.optionName, option1Value: cell.optionValue },
  ...{ option2Name: cell.optionName, option2Value: cell.optionValue },
  ...{ option3Name: cell.optionName, option3Value: cell.optionValue },
} satisfies Record<TranslatedField, z.ZodType<string>>

/** An option or a value in another language stands beside what it is called in the tenant's. */
function readTranslations(reading: Reading): SaidProduct['translations'] {
  const { columns } = reading
  const said = columns.translations.flatMap(({ locale, places }): SaidTranslation[] => {
    const terms: { term: string; text: string }[] = []
    const texts: { title?: string; description?: string } = {}
    for (const [field, place] of places) {
      const schema = translatedCells[field]
      const text = reading.read(field, schema, 'no more characters than in the own language', place)
      if (text === undefined) continue
      if (field === 'title') texts.title = text
      else if (field === 'description') texts.description = safeMarkup(text)
      else {
        const term = reading.cellAt(columns.placeOf.get(field))?.normalize()
        if (term !== undefined) terms.push({ term, text })
        else reading.refuse(reading.nameOf(place), `${nameOfField(field)} beside it`, 'It is empty')
      }
    }
    return Object.keys(texts).length + terms.length === 0 ? [] : [{ locale, ...texts, terms }]
  })
  return said.length === 0 ? undefined : said
}

/** Whoever writes them sees whether the attributes are still as they were. */
function readAttributes(reading: Reading): SaidProduct['attributes'] {
  const values: Record<string, string> = {}
  for (const { attribute, place } of reading.columns.attributes) {
    const text = reading.cellAt(place)
    if (text === undefined) continue
    const parsed = attributeInput.shape.value.safeParse(text)
    const value = parsed.success ? readValue(attribute, parsed.data) : undefined
    if (value !== undefined) values[attribute.key] = value
    else
      reading.refuse(
        reading.nameOf(place),
        parsed.success ? expectedValue(attribute) : 'at most 500 characters',
        `It is ${JSON.stringify(text.slice(0, 60))}`,
      )
  }
  return Object.keys(values).length === 0 ? undefined : values
}

/** Exports give a product without options one that is called Title. */
function isDefault(reading: Reading): boolean {
  return (
    reading.columns.format === 'shop-export' &&
    reading.cellAt(reading.columns.placeOf.get('option1Value')) === 'Default Title'
  )
}

function readVariant(
  reading: Reading,
  columns: Columns,
  currency: string,
): SaidVariant | undefined {
  const values = ([1, 2, 3] as const).map((n) =>
    reading.read(`option${n}Value`, cell.optionValue, 'at most 200 characters'),
  )
  const prices = readPrices(reading, columns, currency)
  const sku = reading.read('sku', cell.sku, 'at most 100 characters')
  const title = reading.cellAt(columns.placeOf.get('title'))
  const count = reading.read('onHand', cell.onHand, 'a whole number')
  const further = {
    barcode: reading.read('barcode', cell.sku, 'at most 100 characters'),
    weightGrams: reading.read('weightGrams', cell.weight, 'a whole number of grams'),
    imageUrl: reading.read('variantImageUrl', imageUrl, 'an http(s) address'),
    images: reading.read('variantImages', cell.images, 'up to 20 http(s) addresses, one a line'),
  }
  // A row without any of these only brings another picture.
  if (given([...values, ...prices, sku, title, count, ...Object.values(further)]).length === 0)
    return undefined
  return {
    optionValues: isDefault(reading) ? [] : given(values),
    prices,
    ...without({
      sku,
      ...further,
      onHand: count,
      stockPolicy: readPolicy(reading, count),
    }),
  }
}

/** A count that is given is believed, even where the export says that nobody keeps it. */
function readPolicy(reading: Reading, count: number | undefined) {
  const { format, placeOf } = reading.columns
  const tracker = reading.cellAt(placeOf.get('tracker'))
  const said = reading.read('stockPolicy', stockPolicy, stockPolicy.options.join(' or '))
  const untracked = format === 'shop-export' && tracker === undefined && count === undefined
  return untracked ? 'untracked' : said
}

function readPrices(
  reading: Reading,
  { placeOf, pricesIn }: Columns,
  currency: string,
): SaidPrice[] {
  const columns = [
    { currency, price: placeOf.get('price'), compareAt: placeOf.get('compareAt') },
    ...pricesIn,
  ]
  return columns.flatMap(({ currency: code, price, compareAt }) => {
    const amountMinor = readAmount(reading, price, code)
    const former = readAmount(reading, compareAt, code)
    if (amountMinor === undefined && former === undefined) return []
    // Beside a price an empty cell says that it is not reduced any more.
    const isOver = former === undefined && compareAt !== undefined
    return [{ currency: code, amountMinor, compareAtMinor: isOver ? null : former }]
  })
}

function readAmount(reading: Reading, place: number | undefined, currency: string) {
  const text = reading.cellAt(place)
  if (text === undefined) return undefined
  const amount = parseAmount(text, currency)
  if (amount === undefined)
    reading.refuse(
      reading.nameOf(place),
      `an amount of ${currency} such as ${(12.5).toFixed(minorDigits(currency))}, with no more decimals than it has`,
      `It is ${JSON.stringify(text.slice(0, 60))}`,
    )
  return amount
}

function given<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((one) => one !== undefined)
}

type Said<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

function without<T extends object>(fields: T): Said<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Said<T>
}
