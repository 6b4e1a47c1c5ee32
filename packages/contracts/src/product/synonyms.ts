// Words that a search takes for each other.
import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'

/** A word or a few of them; as in a search neither case nor accents make a difference. */
export const synonymWord = text(1, 100)

const fields = {
  /** Whoever types this finds the words too, and not the other way; null of words alike. */
  typed: synonymWord.nullable(),
  words: z.array(synonymWord).min(1).max(20),
}
const synonym = z.object({
  id: id('synonym'),
  typed: z.string().nullable(),
  words: z.array(z.string()),
  version: z.int(),
})
const exampleSynonym = {
  id: examples.id(42),
  typed: null,
  words: ['pot', 'planter', 'flower tub'],
  version: 1,
}

export const synonymMissing = problem(
  'missing',
  'product.synonym_missing',
  'There are no such synonyms',
)
export const synonymOutdated = problem(
  'precondition',
  'product.synonym_outdated',
  'The synonyms were changed since they were read',
)
export const synonymUnfit = problem(
  'unprocessable',
  'product.synonym_unfit',
  'These cannot be synonyms',
)

const byId = z.strictObject({ synonymId: id('synonym') })

export const listSynonyms = operation('GET', '/v1/catalogue/synonyms', {
  summary: 'Every synonym that the search of the tenant knows',
  auth: { permission: 'product:synonym:read' },
  reply: { 200: z.object({ items: z.array(synonym) }) },
  example: { reply: { items: [exampleSynonym] } },
})

export const createSynonym = operation('POST', '/v1/catalogue/synonyms', {
  summary: 'Have searches take words for each other, or find words by what is typed',
  auth: { permission: 'product:synonym:create' },
  idempotent: true,
  body: z.strictObject({ ...fields, typed: fields.typed.default(null) }),
  reply: { 201: synonym },
  problems: [synonymUnfit],
  example: { body: { words: exampleSynonym.words }, reply: exampleSynonym },
})

export const changeSynonym = operation('PUT', '/v1/catalogue/synonyms/{synonymId}', {
  summary: 'Replace synonyms by others; searches know it at once',
  auth: { permission: 'product:synonym:update' },
  params: byId,
  body: z.strictObject({
    ...fields,
    typed: fields.typed.default(null),
    /** The one that was read. */
    version: z.int().min(1),
  }),
  reply: { 200: synonym },
  problems: [synonymMissing, synonymOutdated, synonymUnfit],
  example: {
    params: { synonymId: examples.id(42) },
    body: { version: 1, typed: 'seat', words: ['chair', 'stool'] },
    reply: { ...exampleSynonym, typed: 'seat', words: ['chair', 'stool'], version: 2 },
  },
})

export const removeSynonym = operation('DELETE', '/v1/catalogue/synonyms/{synonymId}', {
  summary: 'Have searches forget synonyms',
  auth: { permission: 'product:synonym:delete' },
  params: byId,
  reply: { 204: nothing },
  problems: [synonymMissing],
  example: { params: { synonymId: examples.id(42) } },
})
