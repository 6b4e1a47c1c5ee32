import { timestamp } from '@prognetwork/contracts'
import type { monitoringContract } from '@prognetwork/contracts/monitoring'
import {
  type Database,
  type Handlers,
  listPage,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { findLines } from './logs.store.ts'

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const

export function createLogs({ db }: { readonly db: Database }) {
  const list: Handlers<typeof monitoringContract>['listLogLines'] = async (ctx, { query }) => {
    const { words, level, service, traceId, from, to, limit } = query
    const [before, beforeSeq] = readCursor(query.after, z.tuple([timestamp, z.int()])) ?? []
    const rows = await db.read(
      ctx,
      findLines(
        words ?? null,
        level ? levels[level] : null,
        service ?? null,
        traceId ?? null,
        from ?? null,
        to ?? null,
        before ?? null,
        beforeSeq ?? null,
        limit + 1,
      ),
    )
    return listPage(rows, limit, (row) => [row.at, row.seq])
  }
  return { list }
}
