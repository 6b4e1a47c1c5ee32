/** What a list of orders shows beside their references, in this order. */
export const orderColumns = [
  { name: 'state', isShown: true },
  { name: 'customer', isShown: true, sort: 'customer' },
  { name: 'country', isShown: false },
  { name: 'placed', isShown: true, sort: 'placed' },
  { name: 'changed', isShown: false },
  { name: 'refunded', isShown: false, isNumber: true },
  { name: 'total', isShown: true, isNumber: true, sort: 'total' },
] as const satisfies readonly OrderColumn[]

export interface OrderColumn {
  readonly name: string
  readonly isShown: boolean
  readonly isNumber?: boolean
  readonly sort?: string
}
export type OrderColumnName = (typeof orderColumns)[number]['name']

/** Those that the address of a page names, or the usual ones. */
export function columnsIn(parameters: URLSearchParams): readonly (typeof orderColumns)[number][] {
  const named = parameters.getAll('columns')
  return orderColumns.filter(({ name, isShown }) =>
    named.length > 0 ? named.includes(name) : isShown,
  )
}
