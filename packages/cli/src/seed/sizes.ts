/** How much `prog seed` makes; people are customers of each tenant. */
export interface SeedSize {
  readonly tenants: number
  readonly people: number
  readonly products: number
}

export const seedSizes: Readonly<Record<string, SeedSize>> = {
  small: { tenants: 1, people: 3, products: 50 },
  medium: { tenants: 3, people: 10, products: 1_000 },
  large: { tenants: 10, people: 20, products: 10_000 },
}
