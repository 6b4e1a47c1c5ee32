// The two forms of a product list: what shop platforms export, and our own.
import { languageTag } from '@prognetwork/contracts'
import { fileUnreadable } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'
import type { Attribute } from '../attributes/attributes.store.ts'
import { minorDigits } from './amount.ts'

export type Field =
  | 'slug'
  | 'title'
  | 'description'
  | 'vendor'
  | 'type'
  | 'tags'
  | 'status'
  | 'taxClass'
  | 'published'
  | 'category'
  | `option${1 | 2 | 3}Name`
  | `option${1 | 2 | 3}Value`
  | 'sku'
  | 'barcode'
  | 'price'
  | 'compareAt'
  | 'onHand'
  | 'stockPolicy'
  | 'tracker'
  | 'weightGrams'
  | 'imageUrl'
  | 'imageAlt'
  | 'variantImageUrl'
  | 'variantImages'

type FormatName = 'shop-export' | 'prognetwork'

const formats: Readonly<Record<FormatName, Partial<Record<Field, string>>>> = {
  'shop-export': {
    slug: 'Handle',
    title: 'Title',
    description: 'Body (HTML)',
    vendor: 'Vendor',
    type: 'Type',
    tags: 'Tags',
    status: 'Status',
    published: 'Published',
    category: 'Product Category',
    option1Name: 'Option1 Name',
    option1Value: 'Option1 Value',
    option2Name: 'Option2 Name',
    option2Value: 'Option2 Value',
    option3Name: 'Option3 Name',
    option3Value: 'Option3 Value',
    sku: 'Variant SKU',
    barcode: 'Variant Barcode',
    price: 'Variant Price',
    compareAt: 'Variant Compare At Price',
    onHand: 'Variant Inventory Qty',
    stockPolicy: 'Variant Inventory Policy',
    tracker: 'Variant Inventory Tracker',
    weightGrams: 'Variant Grams',
    imageUrl: 'Image Src',
    imageAlt: 'Image Alt Text',
    variantImageUrl: 'Variant Image',
  },
  prognetwork: {
    slug: 'slug',
    title: 'title',
    description: 'description',
    vendor: 'vendor',
    type: 'type',
    tags: 'tags',
    status: 'status',
    taxClass: 'tax_class',
    category: 'category',
    option1Name: 'option1_name',
    option1Value: 'option1_value',
    option2Name: 'option2_name',
    option2Value: 'option2_value',
    option3Name: 'option3_name',
    option3Value: 'option3_value',
    sku: 'sku',
    barcode: 'barcode',
    price: 'price',
    compareAt: 'compare_at_price',
    onHand: 'on_hand',
    stockPolicy: 'stock_policy',
    weightGrams: 'weight_grams',
    imageUrl: 'image_url',
    imageAlt: 'image_alt',
    variantImageUrl: 'variant_image_url',
    variantImages: 'variant_images',
  },
}

/** How our own form calls a field. */
export function nameOfField(field: Field): string {
  const name = formats.prognetwork[field]
  if (name === undefined) throw new Error(`our form has no column for ${field}`)
  return name
}

/** What our own form says in other languages: `title:de`. */
export const translated = [
  ...(['title', 'description'] as const),
  ...(['option1Name', 'option2Name', 'option3Name'] as const),
  ...(['option1Value', 'option2Value', 'option3Value'] as const),
] as const
export type TranslatedField = (typeof translated)[number]

/** The columns of one file. */
export interface Columns {
  readonly format: FormatName
  /** Place of a field in a row; undefined when the file has no such column. */
  readonly placeOf: ReadonlyMap<Field, number>
  /** `price_EUR` and `compare_at_price_EUR` of our own form. */
  readonly pricesIn: readonly {
    readonly currency: string
    readonly price: number
    readonly compareAt: number | undefined
  }[]
  /** `attribute_colour` of our own form, of attributes that there are. */
  readonly attributes: readonly { readonly attribute: Attribute; readonly place: number }[]
  readonly translations: readonly {
    readonly locale: string
    readonly places: ReadonlyMap<TranslatedField, number>
  }[]
  /** How a column is called in this file, for whoever has to mend it. */
  readonly names: readonly string[]
  readonly ignored: readonly string[]
}

/** Reads a header; throws `product.file_unreadable` when it is neither form. */
export function readHeader(cells: readonly string[], attributes: readonly Attribute[]): Columns {
  const names = cells.map((cell) => cell.trim())
  const keys = names.map((name) => name.toLowerCase())
  const seen = new Set<string>()
  const repeated = keys.find((key) => key !== '' && seen.size === seen.add(key).size)
  if (repeated !== undefined) throw unreadable(`the column ${repeated} is there twice`)
  const format = (Object.keys(formats) as FormatName[]).find((name) => {
    const { slug = '', title = '' } = formats[name]
    return keys.includes(slug.toLowerCase()) && keys.includes(title.toLowerCase())
  })
  if (!format)
    throw unreadable(
      names.length === 1 && /[;\t]/.test(names[0] ?? '')
        ? 'the columns must be separated by commas'
        : 'it must name the columns Handle and Title, or slug and title',
    )
  const placeOf = new Map<Field, number>()
  for (const [field, name] of Object.entries(formats[format]) as [Field, string][]) {
    const place = keys.indexOf(name.toLowerCase())
    if (place !== -1) placeOf.set(field, place)
  }
  const pricesIn = format === 'prognetwork' ? priceColumns(keys) : []
  const described = format === 'prognetwork' ? attributeColumns(keys, attributes) : []
  const translations = format === 'prognetwork' ? translatedColumns(keys) : []
  const used = new Set([
    ...translations.flatMap(({ places }) => [...places.values()]),
    ...described.map((one) => one.place),
    ...placeOf.values(),
    ...pricesIn.flatMap(({ price, compareAt }) => [price, compareAt]),
  ])
  return {
    format,
    placeOf,
    pricesIn,
    attributes: described,
    translations,
    names,
    ignored: names.filter((name, at) => name !== '' && !used.has(at)),
  }
}

/** How our own form calls the column of an attribute. */
export function nameOfAttribute(key: string): string {
  return `attribute_${key}`
}

function attributeColumns(keys: readonly string[], attributes: readonly Attribute[]) {
  return attributes.flatMap((attribute) => {
    const place = keys.indexOf(nameOfAttribute(attribute.key))
    return place === -1 ? [] : [{ attribute, place }]
  })
}

/** How our own form calls the column of a field in another language. */
export function nameOfTranslated(field: TranslatedField, locale: string): string {
  return `${nameOfField(field)}:${locale}`
}

/** Each of its products has room for fewer. */
const maxFileLanguages = 200
/** Somebody's own column may be called `title: internal note`. */
const isLikeLanguage = /^[a-z]{0,3}([-_][a-z0-9]*)*$|^[a-z]?[0-9]/

function translatedColumns(keys: readonly string[]): Columns['translations'] {
  const fieldOf = new Map(translated.map((field) => [nameOfField(field), field]))
  const byLocale = new Map<string, Map<TranslatedField, number>>()
  for (const [place, key] of keys.entries()) {
    const [name = '', ...rest] = key.split(':')
    const field = fieldOf.get(name)
    if (field === undefined || rest.length === 0) continue
    const tag = languageTag.safeParse(rest.join(':'))
    if (!tag.success && !isLikeLanguage.test(rest.join(':'))) continue
    if (!tag.success) throw unreadable(`${key.slice(0, 100)} names no language such as de or de-AT`)
    const places = byLocale.get(tag.data) ?? new Map<TranslatedField, number>()
    if (places.has(field)) throw unreadable(`the column ${name}:${tag.data} is there twice`)
    byLocale.set(tag.data, places.set(field, place))
  }
  if (byLocale.size > maxFileLanguages)
    throw unreadable(`it names more than ${maxFileLanguages} languages`)
  return [...byLocale].map(([locale, places]) => ({ locale, places }))
}

function priceColumns(keys: readonly string[]) {
  return keys.flatMap((key, price) => {
    const currency = /^price_([a-z]{3})$/.exec(key)?.[1]?.toUpperCase()
    if (currency === undefined) return []
    if (minorDigits(currency) === undefined)
      throw unreadable(`${currency} in ${key} is no currency of ISO 4217`)
    const compareAt = keys.indexOf(`compare_at_price_${currency.toLowerCase()}`)
    return [{ currency, price, compareAt: compareAt === -1 ? undefined : compareAt }]
  })
}

function unreadable(why: string): Problem {
  return new Problem(fileUnreadable, `In the header: ${why}`)
}
