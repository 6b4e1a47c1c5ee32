import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'

type Product = Output<typeof productContract.operations.readProduct>

/** A product as schema.org has it, with what it costs in one currency. */
export function structuredProduct(
  product: Product,
  currency: string,
  { home, address }: { readonly home: string; readonly address: string },
) {
  const offers = product.variants.flatMap(({ sku, prices, available }) => {
    const price = prices.find((one) => one.currency === currency)
    if (!price) return []
    const state = available ? 'InStock' : 'OutOfStock'
    return [
      {
        ...{ '@type': 'Offer', url: address, priceCurrency: currency },
        price: decimal(price.amountMinor, currency),
        availability: `https://schema.org/${state}`,
        ...(sku !== null && { sku }),
      },
    ]
  })
  const pictures = product.images.flatMap(({ sizes }) => sizes.at(-1)?.url ?? [])
  return {
    '@type': 'Product',
    name: product.title,
    url: address,
    image: pictures.map((url) => `${home}${url.slice(url.indexOf('/api/'))}`),
    ...(product.vendor !== null && { brand: { '@type': 'Brand', name: product.vendor } }),
    ...(product.rating && {
      aggregateRating: {
        '@type': 'AggregateRating',
        ratingValue: product.rating.averageHundredths / 100,
        reviewCount: product.rating.reviews,
      },
    }),
    offers,
  }
}

/** `12.50`: digits as the currency has them (ISO 4217), exact. */
function decimal(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const padded = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}
