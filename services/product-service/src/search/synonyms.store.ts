import { command, statement } from '@prognetwork/shared-infrastructure'
import type { synonyms } from '../tables.ts'

export type Synonym = Pick<typeof synonyms.$inferSelect, 'id' | 'typed' | 'words' | 'version'>

/** What of it a search compares with, and looks for. */
export type SynonymKeys = Pick<typeof synonyms.$inferSelect, 'typedKeys' | 'wordKeys'>

/** A list of them is read whole, and so is it by each search with words. */
export const maxSynonyms = 500

export const listEverySynonym = statement<Synonym>(
  'synonym.list',
  `select id, typed, words, version from synonym order by id limit ${maxSynonyms}`,
)

export const countSynonyms = statement<{ count: number }>(
  'synonym.count',
  'select count(*)::integer as count from synonym',
)

export const lockSynonym = statement<Synonym, [id: string]>(
  'synonym.lock',
  'select id, typed, words, version from synonym where id = $1 for update',
)

/** Those that something typed has to do with. */
export const findSynonyms = statement<SynonymKeys, [phrases: readonly string[]]>(
  'synonym.find',
  `select typed_keys as "typedKeys", word_keys as "wordKeys" from synonym
   where typed_keys && $1::text[] order by id`,
)

export const insertSynonym = command<
  [
    id: string,
    typed: string | null,
    words: readonly string[],
    typedKeys: readonly string[],
    wordKeys: readonly string[],
    now: string,
  ]
>(
  'synonym.insert',
  `insert into synonym (id, typed, words, typed_keys, word_keys, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $6)`,
)

export const updateSynonym = command<
  [
    id: string,
    typed: string | null,
    words: readonly string[],
    typedKeys: readonly string[],
    wordKeys: readonly string[],
    now: string,
  ]
>(
  'synonym.update',
  `update synonym set typed = $2, words = $3, typed_keys = $4, word_keys = $5,
     version = version + 1, updated_at = $6 where id = $1`,
)

export const deleteSynonym = statement<{ id: string }, [id: string]>(
  'synonym.delete',
  'delete from synonym where id = $1 returning id',
)
