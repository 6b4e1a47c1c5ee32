// What was typed as a tsquery. Folded words hold letters and digits only, so none of them is an
// operator of it.
import { cut, fold } from '../text/folding.ts'
import type { SynonymKeys } from './synonyms.store.ts'

/** More words narrow nothing any more and cost a look-up each. */
const maxWords = 12
/** Folding can make a word longer; one of a tsquery has at most 2,046 bytes. */
const maxWord = 500

/** A synonym has so many words at most. */
export const maxPhrase = 4
/** Of one place in what was typed; each costs a look-up. */
const maxAlternatives = 40

/** The words of what was typed, as a search compares them. */
export function wordsOf(typed: string): string[] {
  return fold(typed)
    .split(' ', maxWords)
    .map((word) => cut(word, maxWord))
    .filter((word) => word !== '')
}

/** Typed text as the beginning of a LIKE pattern: its wildcards stand for themselves. */
export function startOfPattern(text: string): string {
  return text.trim().replaceAll(/[\\%_]/g, (one) => `\\${one}`)
}

/** Every run of words that could be a synonym of something. */
export function phrasesOf(words: readonly string[]): string[] {
  const phrases = words.flatMap((_, at) =>
    Array.from({ length: maxPhrase }, (_, more) => words.slice(at, at + more + 1).join(' ')),
  )
  return [...new Set(phrases)].filter((phrase) => phrase !== '')
}

/** Every word, or the beginning of one; of the longest run that has synonyms, one of them instead. */
export function tsquery(words: readonly string[], synonyms: readonly SynonymKeys[]): string {
  const places: string[] = []
  for (let at = 0; at < words.length; ) {
    const { length, alternatives } = longest(words, at, synonyms)
    const typed = words.slice(at, at + length).map((word) => `${word}:*`)
    const others = alternatives.map((key) => `${key.split(' ').join(' <-> ')}:*`)
    places.push(others.length === 0 ? typed.join(' & ') : either(typed.join(' & '), others))
    at += length
  }
  return places.join(' & ')
}

function longest(words: readonly string[], at: number, synonyms: readonly SynonymKeys[]) {
  for (let length = Math.min(maxPhrase, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).join(' ')
    const keys = synonyms.flatMap(({ typedKeys, wordKeys }) =>
      typedKeys.includes(phrase) ? wordKeys : [],
    )
    const alternatives = [...new Set(keys)].filter((key) => key !== phrase)
    if (alternatives.length > 0)
      return { length, alternatives: alternatives.slice(0, maxAlternatives) }
  }
  return { length: 1, alternatives: [] }
}

function either(typed: string, others: readonly string[]): string {
  return `(${[typed, ...others].map((one) => `(${one})`).join(' | ')})`
}
