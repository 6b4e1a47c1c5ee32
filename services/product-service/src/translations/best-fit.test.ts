import { expect, test } from 'vitest'
import { bestFit, localesFor, nameIn } from './best-fit.ts'

test('what is nearest to a language is looked for from the narrowest to the widest', () => {
  expect(localesFor('zh-Hant-TW')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh'])
  expect(localesFor('de')).toEqual(['de'])
  expect(localesFor(undefined)).toEqual([])
})

test('what is written for the region goes before what is written for the language', () => {
  const some = [{ locale: 'de' }, { locale: 'de-AT' }, { locale: 'fr-CH' }]
  expect(bestFit(some, localesFor('de-AT'))).toEqual({ locale: 'de-AT' })
  expect(bestFit(some, localesFor('de-CH'))).toEqual({ locale: 'de' })
  expect(bestFit(some, localesFor('fr'))).toBeUndefined()
  expect(bestFit(some, localesFor(undefined))).toBeUndefined()
})

test('a name that nobody has translated is in the language of the tenant', () => {
  const pots = { name: 'Pots', translations: [{ locale: 'de', name: 'Töpfe' }] }
  expect(nameIn(pots, localesFor('de-AT'))).toEqual({ name: 'Töpfe', locale: 'de' })
  expect(nameIn(pots, localesFor('fr'))).toEqual({ name: 'Pots', locale: null })
})
