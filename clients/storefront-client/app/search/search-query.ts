// What the address of a search says, as the operation takes it. A form without script can only send its
// fields, so the bounds of a number come as two fields and are one filter here.
const sorts = ['relevance', 'price', '-price', 'newest'] as const
type Sort = (typeof sorts)[number]

export const sortOrders: readonly Sort[] = sorts
const perPage = 24
const maxOfOne = 20

export function readSearch(asked: URLSearchParams) {
  const skip = Number(asked.get('skip') ?? 0)
  const [category, collection] = [asked.get('category'), asked.get('collection')]
  return {
    q: asked.get('q')?.trim().slice(0, 200) ?? '',
    limit: perPage,
    vendor: asked.getAll('vendor').slice(0, maxOfOne),
    type: asked.getAll('type').slice(0, maxOfOne),
    attribute: [...asked.getAll('attribute'), ...boundsIn(asked)].slice(0, maxOfOne),
    ...(category && { category }),
    ...(collection && { collection }),
    ...(asked.has('available') && { available: 'true' as const }),
    sort: sorts.find((one) => one === asked.get('sort')) ?? ('relevance' satisfies Sort),
    skip: Number.isSafeInteger(skip) && skip > 0 ? Math.min(skip, 10_000) : 0,
  }
}

/** `from:height=10` and `to:height=20` are `height:10..20`; either may be left out. */
function boundsIn(asked: URLSearchParams): string[] {
  const keys = new Set(
    [...asked.keys()].flatMap((name) => /^(?:from|to):(.+)$/.exec(name)?.[1] ?? []),
  )
  return [...keys].flatMap((key) => {
    const [from, to] = [decimalOf(asked.get(`from:${key}`)), decimalOf(asked.get(`to:${key}`))]
    return from === '' && to === '' ? [] : [`${key}:${from}..${to}`]
  })
}

/** What is no number is no bound. */
function decimalOf(text: string | null): string {
  const given = text?.trim().replace(',', '.') ?? ''
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(given) ? given : ''
}

export interface Chosen {
  readonly label: string
  /** The same search without it. */
  readonly without: string
}

interface Named {
  readonly key: string
  readonly label: string
  readonly type: string
  readonly unit: string | null
  readonly values: readonly { readonly value: string; readonly text: string }[]
}

/** What the page calls what it cannot show as it stands in the address. */
export interface FilterWords {
  readonly available: string
  readonly yes: string
  readonly no: string
}

/** Every filter that the address sets, with the address that it is taken away by. */
export function chosenFilters(
  asked: URLSearchParams,
  attributes: readonly Named[],
  words: FilterWords,
): Chosen[] {
  return [...asked].flatMap(([name, value]) => {
    if (value === '') return []
    const label = labelOf(name, value, attributes, words)
    if (label === undefined) return []
    const rest = new URLSearchParams(asked)
    rest.delete(name, value)
    rest.delete('skip')
    return [{ label, without: `?${rest}` }]
  })
}

function labelOf(
  name: string,
  value: string,
  attributes: readonly Named[],
  words: FilterWords,
): string | undefined {
  if (name === 'vendor' || name === 'type') return value
  if (name === 'available') return words.available
  const [end, bounded] = name.split(':')
  if (bounded !== undefined && (end === 'from' || end === 'to')) {
    const sign = end === 'from' ? '≥' : '≤'
    return `${nameOf(attributes, bounded)}: ${sign} ${value}${unitOf(attributes, bounded)}`
  }
  if (name !== 'attribute') return undefined
  const key = value.slice(0, value.indexOf(':'))
  const attribute = attributes.find((one) => one.key === key)
  const chosen = value.slice(key.length + 1)
  const text = attribute?.values.find((one) => one.value === chosen)?.text ?? chosen
  const shown = shownValue(attribute?.type, text, words)
  return `${nameOf(attributes, key)}: ${shown}${unitOf(attributes, key)}`
}

/** A value as it is read: `true` is no word of a language. */
export function shownValue(
  type: string | undefined,
  value: string,
  { yes, no }: Pick<FilterWords, 'yes' | 'no'>,
): string {
  if (type !== 'boolean') return value
  return value === 'true' ? yes : no
}

function nameOf(attributes: readonly Named[], key: string): string {
  return attributes.find((one) => one.key === key)?.label ?? key
}

function unitOf(attributes: readonly Named[], key: string): string {
  const unit = attributes.find((one) => one.key === key)?.unit
  return unit ? ` ${unit}` : ''
}
