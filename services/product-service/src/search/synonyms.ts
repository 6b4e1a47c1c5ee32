import type { Context, Input, Statement } from '@prognetwork/contracts'
import {
  type productContract,
  synonymMissing,
  synonymOutdated,
  synonymUnfit,
} from '@prognetwork/contracts/product'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { lockNumber } from '../settings/numbers.store.ts'
import { cut, fold } from '../text/folding.ts'
import { maxPhrase } from './search-query.ts'
import {
  countSynonyms,
  deleteSynonym,
  insertSynonym,
  listEverySynonym,
  lockSynonym,
  maxSynonyms,
  type Synonym,
  updateSynonym,
} from './synonyms.store.ts'

type SynonymHandlers = Handlers<typeof productContract>
type NewSynonym = Input<typeof productContract.operations.createSynonym>['body']

/** Folding can make a word longer; so much of one is kept. */
const maxKey = 200

/** What a search takes for each other; it reads them anew each time. */
export function createSynonyms({ db, audit }: { readonly db: Database; readonly audit: Audit }) {
  const tell = (ctx: Context, action: string, id: string) =>
    audit(ctx, { action, outcome: 'success', resource: `synonym/${id}` })

  const list: SynonymHandlers['listSynonyms'] = async (ctx) => ({
    items: await db.read(ctx, listEverySynonym()),
  })

  const make = (
    ctx: Context,
    { typed, words }: NewSynonym,
    also: (made: Synonym) => Statement[] = () => [],
  ) => {
    const { typedKeys, wordKeys } = keysOf(typed, words)
    return db.transaction(ctx, async (tx) => {
      await tx.run(lockNumber('synonym'))
      const [counted] = await tx.run(countSynonyms())
      if ((counted?.count ?? 0) >= maxSynonyms)
        throw unfit('/body', `at most ${maxSynonyms} synonyms`, 'There are that many')
      const made = { id: newId(), typed, words, version: 1 }
      await tx.batch([
        insertSynonym(made.id, typed, words, typedKeys, wordKeys, ctx.now),
        tell(ctx, 'synonym.created', made.id),
        ...also(made),
      ])
      return made
    })
  }

  const create: SynonymHandlers['createSynonym'] = (ctx, { body }) =>
    make(ctx, body, (made) => [ctx.answer(made)])

  const change: SynonymHandlers['changeSynonym'] = (ctx, { params, body }) => {
    const { typed, words } = body
    const { typedKeys, wordKeys } = keysOf(typed, words)
    return db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockSynonym(params.synonymId))
      const { id, version } = before ?? missing()
      if (version !== body.version)
        throw new Problem(synonymOutdated, `They are at version ${version}; read them again`)
      await tx.batch([
        updateSynonym(id, typed, words, typedKeys, wordKeys, ctx.now),
        tell(ctx, 'synonym.changed', id),
      ])
      return { id, typed, words, version: version + 1 }
    })
  }

  const remove: SynonymHandlers['removeSynonym'] = (ctx, { params }) =>
    db.transaction(ctx, async (tx) => {
      const [gone] = await tx.run(deleteSynonym(params.synonymId))
      if (!gone) missing()
      await tx.run(tell(ctx, 'synonym.removed', gone.id))
    })

  return { list, make, create, change, remove }
}

/** What must be typed and what is looked for besides: of words alike each is both. */
function keysOf(typed: string | null, words: readonly string[]) {
  const wordKeys = words.map((word, at) => keyOf(word, `/body/words/${at}`))
  const repeated = wordKeys.findIndex((key, at) => wordKeys.indexOf(key) < at)
  if (repeated !== -1)
    throw unfit(`/body/words/${repeated}`, 'each once', 'A search would not tell it from another')
  if (typed === null && words.length < 2)
    throw unfit('/body/words', 'at least two, or something typed', 'It is alone')
  return { typedKeys: typed === null ? wordKeys : [keyOf(typed, '/body/typed')], wordKeys }
}

function keyOf(word: string, pointer: string): string {
  const key = cut(fold(word), maxKey).trim()
  const count = key === '' ? 0 : key.split(' ').length
  if (count < 1 || count > maxPhrase)
    throw unfit(pointer, `1 to ${maxPhrase} words of letters and digits`, `There are ${count}`)
  return key
}

function missing(): never {
  throw new Problem(synonymMissing, 'No synonyms have this id')
}

function unfit(pointer: string, expected: string, detail: string): Problem {
  return new Problem(synonymUnfit, detail, { errors: [{ pointer, expected, detail }] })
}
