// What was expected of a field, in the reader's language. The server says it in English and by a code;
// what has no code is shown as the server says it.
import type { ExpectationCode } from '@prognetwork/contracts'

export interface Expectation {
  readonly expected: string
  readonly code?: ExpectationCode | undefined
  readonly limit?: number | undefined
}

type Words = Readonly<Record<ExpectationCode, (limit: string) => string>>

const german: Words = {
  min_length: (limit) => `mindestens ${limit} Zeichen`,
  max_length: (limit) => `höchstens ${limit} Zeichen`,
  min_items: (limit) => `mindestens ${limit} Einträge`,
  max_items: (limit) => `höchstens ${limit} Einträge`,
  min: (limit) => `mindestens ${limit}`,
  max: (limit) => `höchstens ${limit}`,
  above: (limit) => `mehr als ${limit}`,
  below: (limit) => `weniger als ${limit}`,
  email: () => 'eine E-Mail-Adresse',
  url: () => 'eine Adresse mit https://',
  moment: () => 'ein Zeitpunkt',
  number: () => 'eine Zahl',
  pattern: () => 'eine andere Schreibweise',
  choice: () => 'etwas aus der Auswahl',
  unknown_field: () => 'kein solches Feld',
}
const english: Words = {
  min_length: (limit) => (limit === '1' ? 'something' : `at least ${limit} characters`),
  max_length: (limit) => `at most ${limit} characters`,
  min_items: (limit) => `at least ${limit} entries`,
  max_items: (limit) => `at most ${limit} entries`,
  min: (limit) => `at least ${limit}`,
  max: (limit) => `at most ${limit}`,
  above: (limit) => `more than ${limit}`,
  below: (limit) => `less than ${limit}`,
  email: () => 'an e-mail address',
  url: () => 'an address with https://',
  moment: () => 'a moment',
  number: () => 'a number',
  pattern: () => 'another way of writing it',
  choice: () => 'one of the choices',
  unknown_field: () => 'no such field',
}

export function expectationText({ expected, code, limit }: Expectation, locale: string): string {
  const words = locale.startsWith('de') ? german : english
  const number = limit === undefined ? '' : new Intl.NumberFormat(locale).format(limit)
  return code === undefined ? expected : words[code](number)
}
