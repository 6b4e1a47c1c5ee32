/** Something that words lead to. */
export interface FoundThing {
  readonly kind: 'order' | 'customer' | 'product' | 'tenant' | 'person'
  readonly name: string
  readonly detail: string
  readonly to: string
}
