// A product as rows of the file that an import takes: one per variant, and one more for each further
// picture or category. What an import cannot be told (tags with commas, names with >) is in the other
// form.
import { formatAmount } from '../import/amount.ts'
import {
  type Field,
  nameOfAttribute,
  nameOfField,
  nameOfTranslated,
  type TranslatedField,
  translated,
} from '../import/columns.ts'
import { imagesOfKeys, type StoredImage } from '../pictures/images.ts'
import type { KeptProduct } from '../products/products.store.ts'

type Cells = Partial<Record<Field, string | number | null>>
type Variant = KeptProduct['variants'][number]

const fields: readonly Field[] = [
  ...([
    'slug',
    'title',
    'description',
    'vendor',
    'type',
    'tags',
    'status',
    'taxClass',
    'category',
  ] as const),
  ...(['option1Name', 'option1Value', 'option2Name', 'option2Value'] as const),
  ...(['option3Name', 'option3Value', 'sku', 'barcode', 'onHand', 'stockPolicy'] as const),
  ...(['weightGrams', 'imageUrl', 'imageAlt', 'variantImageUrl'] as const),
  ...(['variantImages'] as const),
]

/**
 * Writes products with prices in these currencies, these attributes and in these languages; `pathOf` names
 * a category from the top. Of a picture that was fetched stands where from, or an import would fetch it
 * again.
 */
export function createCsvRows(
  {
    currencies,
    attributeKeys,
    locales,
  }: {
    readonly currencies: readonly string[]
    readonly attributeKeys: readonly string[]
    readonly locales: readonly string[]
  },
  pathOf: (categoryId: string) => readonly string[],
  addressOf: (product: KeptProduct, image: StoredImage) => string,
) {
  const priceColumns = currencies.flatMap((one) => [`price_${one}`, `compare_at_price_${one}`])

  function pricesOf(variant: Variant | undefined): string[] {
    return currencies.flatMap((currency) => {
      const price = variant?.prices.find((one) => one.currency === currency)
      if (!price) return ['', '']
      const { amountMinor, compareAtMinor } = price
      return [amountMinor, compareAtMinor].map((minor) =>
        minor === null ? '' : formatAmount(minor, currency),
      )
    })
  }

  function rowOf(
    cells: Cells,
    variant: Variant | undefined,
    values: ReadonlyMap<string, string>,
    translations: KeptProduct['translations'],
  ): string {
    const own = fields.map((field) => String(cells[field] ?? ''))
    const inLanguages = locales.flatMap((locale) => {
      const translation = translations.find((one) => one.locale === locale)
      return translated.map((field) => cellIn(translation, field, cells))
    })
    const described = attributeKeys.map((key) => values.get(key) ?? '')
    return csvRow([...own, ...inLanguages, ...described, ...pricesOf(variant)])
  }

  return {
    header: csvRow([
      ...fields.map(nameOfField),
      ...locales.flatMap((locale) => translated.map((field) => nameOfTranslated(field, locale))),
      ...attributeKeys.map(nameOfAttribute),
      ...priceColumns,
    ]),

    rowsOf(product: KeptProduct): string {
      const { slug, variants, images, categories } = product
      const addressIn = (image: StoredImage) => image.url ?? addressOf(product, image)
      const rows = Math.max(variants.length, images.length, categories.length)
      return Array.from({ length: rows }, (_, at) => {
        const [variant, image, category] = [variants[at], images[at], categories[at]]
        return rowOf(
          {
            slug,
            ...(at === 0 && aboutProduct(product)),
            ...(category && { category: pathOf(category.id).join(' > ') }),
            ...(variant && aboutVariant(variant)),
            ...(variant && {
              variantImages: imagesOfKeys(variant.imageKeys, images).map(addressIn).join('\n'),
            }),
            ...(image && { imageUrl: addressIn(image), imageAlt: image.alt }),
          },
          variant,
          new Map(at === 0 ? product.attributes.map(({ key, value }) => [key, value]) : []),
          product.translations,
        )
      }).join('')
    },
  }
}

/** Stands where the row says the same in the tenant's own language. */
function cellIn(
  translation: KeptProduct['translations'][number] | undefined,
  field: TranslatedField,
  cells: Cells,
): string {
  const own = cells[field]
  if (!translation || own === undefined || own === null) return ''
  if (field === 'title' || field === 'description') return translation[field] ?? ''
  return translation.terms.find(({ term }) => term === own)?.text ?? ''
}

function aboutProduct(product: KeptProduct): Cells {
  const { title, description, vendor, type, tags, status, taxClass, options } = product
  const [option1Name = null, option2Name = null, option3Name = null] = options
  return {
    ...{ title, description, vendor, type, status, taxClass, tags: tags.join(', ') },
    ...{ option1Name, option2Name, option3Name },
  }
}

function aboutVariant(variant: Variant): Cells {
  const { sku, barcode, stock, weightGrams, imageUrl: variantImageUrl } = variant
  const [option1Value = null, option2Value = null, option3Value = null] = variant.optionValues
  return {
    ...{ sku, barcode, weightGrams, variantImageUrl, option1Value, option2Value, option3Value },
    ...{ onHand: stock.onHand, stockPolicy: stock.policy },
  }
}

/** RFC 4180. */
function csvRow(cells: readonly string[]): string {
  const written = cells.map((cell) =>
    /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  )
  return `${written.join(',')}\r\n`
}
