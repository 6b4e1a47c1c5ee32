import { createHash } from 'node:crypto'
import { command, statement } from '@prognetwork/shared-infrastructure'
import type { wantedPictures } from '../tables.ts'

type Row = typeof wantedPictures.$inferSelect
export type WantedPicture = Pick<Row, 'productId' | 'url' | 'line'>
export type WantedEnd = Pick<Row, 'productId' | 'url' | 'reason'> & {
  readonly state: 'kept' | 'failed'
}

const keyOf = (url: string) => createHash('sha256').update(url).digest('hex')

const wantMany = command<[records: string, jobId: string, now: string]>(
  'wanted_picture.want_many',
  `insert into wanted_picture (product_id, url_key, url, line, job_id, state, wanted_at)
   select r."productId", r.key, r.url, r.line, $2, 'wanted', $3
   from jsonb_to_recordset($1::jsonb) as r ("productId" uuid, key text, url text, line integer)
   on conflict (tenant_id, product_id, url_key) do update
     set line = excluded.line, job_id = excluded.job_id, state = 'wanted', reason = null,
         wanted_at = excluded.wanted_at`,
)

/** From now on it is this job that fetches them. */
export function wantPictures(rows: readonly WantedPicture[], jobId: string, now: string) {
  return wantMany(JSON.stringify(rows.map((row) => ({ ...row, key: keyOf(row.url) }))), jobId, now)
}

/** Those of one product stand together. */
export const listWanted = statement<WantedPicture, [jobId: string, limit: number]>(
  'wanted_picture.list',
  `select product_id as "productId", url, line from wanted_picture
   where job_id = $1 and state = 'wanted' order by product_id, line limit $2`,
)

const endMany = command<[records: string, jobId: string]>(
  'wanted_picture.end_many',
  `update wanted_picture w set state = r.state, reason = r.reason
   from jsonb_to_recordset($1::jsonb) as r ("productId" uuid, key text, state text, reason text)
   where w.product_id = r."productId" and w.url_key = r.key and w.job_id = $2`,
)

export function endWanted(ends: readonly WantedEnd[], jobId: string) {
  return endMany(JSON.stringify(ends.map((one) => ({ ...one, key: keyOf(one.url) }))), jobId)
}

export const countWanted = statement<
  { wanted: number; kept: number; failed: number },
  [jobId: string]
>(
  'wanted_picture.count',
  `select count(*) filter (where state = 'wanted')::integer as wanted,
     count(*) filter (where state = 'kept')::integer as kept,
     count(*) filter (where state = 'failed')::integer as failed
   from wanted_picture where job_id = $1`,
)

export const listFailed = statement<WantedPicture & { reason: string }, [jobId: string, n: number]>(
  'wanted_picture.list_failed',
  `select product_id as "productId", left(url, 500) as url, line, reason from wanted_picture
   where job_id = $1 and state = 'failed' order by line, product_id limit $2`,
)

export const forgetWanted = command<[before: string]>(
  'wanted_picture.forget',
  'delete from wanted_picture where wanted_at < $1',
)
