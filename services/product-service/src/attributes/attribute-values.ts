// Text as a value of an attribute. Numbers are kept as decimals in one spelling, so that the same
// number is the same value wherever it is counted.
import type { Attribute } from './attributes.store.ts'

type Form = Pick<Attribute, 'type' | 'choices'>

const decimal = /^([+-]?)(\d{1,15})(?:\.(\d{1,6}))?$/

/** A decimal without what says nothing: 007.50 is 7.5. Undefined when it is none. */
export function readDecimal(text: string): string | undefined {
  const [, sign, whole, places = ''] = decimal.exec(text) ?? []
  if (whole === undefined) return undefined
  const digits = whole.replace(/^0+(?=\d)/, '')
  const fraction = places.replace(/0+$/, '')
  const number = fraction === '' ? digits : `${digits}.${fraction}`
  return sign === '-' && number !== '0' ? `-${number}` : number
}

/** The value that a text is; undefined when it is none of this attribute. */
export function readValue({ type, choices }: Form, text: string): string | undefined {
  if (type === 'number') return readDecimal(text)
  if (type === 'boolean') {
    const said = text.toLowerCase()
    return said === 'true' || said === 'false' ? said : undefined
  }
  return type === 'text' || choices.includes(text) ? text : undefined
}

/** What a text would have to be, for whoever has to mend it. */
export function expectedValue({ type, choices }: Form): string {
  if (type === 'number') return 'a decimal number with up to 6 places'
  if (type === 'boolean') return 'true or false'
  return `one of ${choices.join(', ').slice(0, 200)}`
}
