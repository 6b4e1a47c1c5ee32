// A service that keeps tenants apart in some operations and forgets to in others, each in a way of
// its own: the isolation proof must find exactly those.
import { common } from '@prognetwork/contracts'
import {
  command,
  defineService,
  newId,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { leakyContract, thingBusy, thingMissing } from './contract.ts'

interface Thing {
  readonly id: string
  readonly name: string
}

const insert = command<[id: string, name: string]>(
  'thing.insert',
  'insert into thing (id, name) values ($1, $2)',
)
const findOwn = statement<Thing, [id: string]>(
  'thing.find',
  'select id, name from thing where id = $1',
)
const listOwn = statement<Thing, [id: string | null]>(
  'thing.list',
  'select id, name from thing where $1::uuid is null or id = $1',
)
const renameOwn = statement<Thing, [id: string, name: string]>(
  'thing.rename',
  'update thing set name = $2 where id = $1 returning id, name',
)
const findAnywhere = statement<Thing, [id: string]>(
  'thing.find_anywhere',
  'select id, name from find_thing($1)',
)
const listAfter = statement<Thing, [after: string | null]>(
  'thing.list_after',
  'select id, name from thing where $1::uuid is null or id > $1 order by id limit 1',
)
const renameAnywhere = command<[id: string, name: string]>(
  'thing.rename_anywhere',
  'update thing set name = $2 where id = $1',
)
const touch = command<[]>('thing.touch', 'update thing set touches = touches + 1')

export default defineService({
  name: 'leaky-service',
  port: 0,
  summary: 'A service of a test',
  config: z.object({}),
  contract: leakyContract,
  publishes: [],
  consumes: [],
  needs: ['tenant-service'],
  database: {
    migrations: new URL('./migrations/', import.meta.url),
    everyTenant: [
      { table: 'thing', role: 'platform', reason: 'the test leaks through it' },
      { table: 'thing', role: 'lookup', reason: 'the test leaks through it' },
    ],
    lookups: ['find_thing(uuid)'],
    personalData: [{ table: 'thing', columns: 'none' }],
  },
  start({ db, platform }) {
    const anywhere = async (thingId: string): Promise<Thing> =>
      (await db.lookup(findAnywhere(thingId))) ?? missing()
    return {
      handlers: {
        async readThing(ctx, { params }) {
          const [thing] = await db.read(ctx, findOwn(params.thingId))
          return thing ?? missing()
        },
        async listThings(ctx, { query }) {
          return { items: await db.read(ctx, listOwn(query.thingId ?? null)), next: null }
        },
        async renameThing(ctx, { params, body }) {
          const [[thing]] = await db.batch(ctx, [renameOwn(params.thingId, body.name)])
          return thing ?? missing()
        },
        async readEveryThing(ctx) {
          return { items: await platform.read(ctx, 'all', listAfter(null)), next: null }
        },

        readAnyThing: (_ctx, { params }) => anywhere(params.thingId),
        async listAllThings(ctx, { query }) {
          const items = await platform.read(ctx, 'all', listAfter(query.after ?? null))
          return { items, next: items.at(-1)?.id ?? null }
        },
        async findThings(_ctx, { body }) {
          const ids = body.filters.flatMap((one) => one.anyOf)
          const found = await Promise.all(ids.map((one) => db.lookup(findAnywhere(one))))
          return { items: found.filter((one) => one !== undefined), next: null }
        },
        async renameAnyThing(ctx, { params, body }) {
          await platform.transaction(ctx, 'rename', (tx) =>
            tx.run(renameAnywhere(params.thingId, body.name)),
          )
          return missing()
        },
        async touchThings(ctx) {
          await platform.transaction(ctx, 'touch', (tx) => tx.run(touch()))
        },
        async reserveThing(ctx, { params }) {
          await anywhere(params.thingId)
          const [own] = await db.read(ctx, findOwn(params.thingId))
          if (!own) throw new Problem(thingBusy, 'Somebody else has it')
        },
        async breakThing(ctx, { params }) {
          const found = await db.lookup(findAnywhere(params.thingId))
          const [own] = await db.read(ctx, findOwn(params.thingId))
          if (found && !own) throw new Error('a thing without a row')
        },
        lookUpThing: (_ctx, { params }) => anywhere(params.thingId),

        readGhost: () => missing(),
        moveThing: () => undefined,
        useThing() {
          throw new Problem(common.permissionDenied, 'Nobody uses it')
        },
      },
      async fixture(ctx, { marker }) {
        const id = newId()
        await db.batch(ctx, [insert(id, `${marker} thing`)])
        return { thing: id }
      },
    }
  },
})

function missing(): never {
  throw new Problem(thingMissing, 'Look at the list of things')
}
