import { regionalTag } from '@prognetwork/ui/language'
import { expect, test } from 'vitest'

test.for([
  ['en-GB,en;q=0.9', 'en', 'en-GB'],
  ['de, en-US;q=0.7', 'en', 'en-US'],
  ['de-AT,de;q=0.9,en-GB;q=0.5', 'de', 'de-AT'],
  ['en', 'en', 'en'],
  ['xen-GB', 'en', 'en'],
  ['en-GB-oxendict', 'en', 'en'],
  ['fr-FR', 'en', 'en'],
  ['', 'en', 'en'],
  [null, 'de', 'de'],
] as const)('%j for %s writes as %s does', ([accepted, language, tag]) => {
  expect(regionalTag(accepted, language)).toBe(tag)
})
