import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findIncompatibilities } from '../src/schemas/compatibility.ts'
import { judgeDocument } from '../src/schemas/schema-document.ts'
import { dataOf, documents, mutated, smallDocuments } from './random-schema.ts'

/** The oracle: another validator, with regular expressions and formats of its own. */
const oracle = new Ajv2020({ strict: false, meta: false, validateSchema: false })
addFormats.default(oracle)

test.each([
  ['small', smallDocuments, 2_000],
  ['any', documents, 1_000],
] as const)(
  'of %s documents, what is said to be backward compatible reads all that the last version accepts',
  (_, schemas, numRuns) => {
    let tried = 0
    let changed = 0
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const last = draw(() => schemas)
        const next = mutated(last, draw)
        fc.pre(judgeDocument(last).length === 0 && judgeDocument(next).length === 0)
        if (findIncompatibilities(last, next, 'backward').length > 0) return
        const [wasAccepted, isAccepted] = [oracle.compile(last), oracle.compile(next)]
        const data = draw(() => fc.array(dataOf(last), { minLength: 10, maxLength: 10 }))
        const accepted = data.filter((one) => wasAccepted(one))
        tried += accepted.length
        if (JSON.stringify(last) !== JSON.stringify(next)) changed += accepted.length
        const lost = accepted.find((one) => !isAccepted(one))
        if (lost !== undefined) throw new Error(JSON.stringify({ last, next, lost }))
      }),
      { numRuns, endOnFailure: true },
    )
    // Otherwise it would only have shown that the comparison always says no, or data never fits.
    expect(tried).toBeGreaterThan(1_000)
    expect(changed).toBeGreaterThan(500)
  },
)
