import { productSlugTaken, productUnfit, skuTaken } from '@prognetwork/contracts/product'
import { type InputError, Problem } from '@prognetwork/shared-infrastructure'
import { imageAt, type StoredImage } from '../pictures/images.ts'
import { repeatedLanguages } from '../translations/given.ts'

/** Beyond this a page cannot offer them any more. */
export const maxVariants = 2_000
export const maxImages = 250

/** What the parts of a product must be to each other. */
interface Parts {
  readonly options: readonly string[]
  readonly images: readonly StoredImage[]
  readonly variants: readonly {
    readonly sku: string | null
    readonly optionValues: readonly string[]
    readonly images: readonly string[]
    readonly prices: readonly { readonly currency: string }[]
  }[]
}

/** Throws `product.product_unfit` with every place that is wrong. */
export function refuseContradictions({ options, images, variants }: Parts): void {
  const errors: InputError[] = []
  refuseRepeated(options, (at) => `/body/options/${at}`, 'an option named once', errors)
  for (const [at, variant] of variants.entries()) {
    const place = `/body/variants/${at}`
    if (variant.optionValues.length !== options.length)
      errors.push({
        pointer: `${place}/optionValues`,
        expected: `a value for each of ${options.length} options`,
        detail: `There are ${variant.optionValues.length}`,
      })
    for (const [index, url] of variant.images.entries())
      if (!imageAt(images, url))
        errors.push({
          pointer: `${place}/images/${index}`,
          expected: 'the address of an image of the product',
          detail: `It is ${url.slice(0, 100)}`,
        })
    refuseRepeated(
      variant.prices.map((one) => one.currency),
      (index) => `${place}/prices/${index}`,
      'one price per currency',
      errors,
    )
  }
  refuseRepeated(
    variants.map((one) => JSON.stringify(one.optionValues)),
    (at) => `/body/variants/${at}/optionValues`,
    'values that no other variant has',
    errors,
  )
  refuseRepeated(
    variants.map((one, at) => one.sku ?? at),
    (at) => `/body/variants/${at}/sku`,
    'a SKU that no other variant has',
    errors,
  )
  if (errors.length > 0)
    throw new Problem(productUnfit, errors[0]?.expected ?? '', { errors: errors.slice(0, 20) })
}

export function refuseLanguages(
  pointer: string,
  translations: readonly { readonly locale: string }[] | undefined,
): void {
  const errors = repeatedLanguages(`${pointer}/translations`, translations)
  if (errors.length > 0)
    throw new Problem(productUnfit, errors[0]?.expected ?? '', { errors: errors.slice(0, 20) })
}

function refuseRepeated(
  values: readonly unknown[],
  pointerOf: (at: number) => string,
  expected: string,
  errors: InputError[],
): void {
  for (const [at, value] of values.entries())
    if (values.indexOf(value) < at)
      errors.push({
        pointer: pointerOf(at),
        expected,
        detail: `It repeats ${String(value).slice(0, 100)}`,
      })
}

/** What the database refuses of a product, in the caller's words. */
export const productConstraints = {
  product_slug: () => new Problem(productSlugTaken, 'Choose another slug'),
  variant_sku: () => new Problem(skuTaken, 'Choose another SKU'),
  variant_options: () =>
    new Problem(productUnfit, 'Another variant of the product has these option values'),
}
