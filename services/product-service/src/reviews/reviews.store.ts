import { command, statement } from '@prognetwork/shared-infrastructure'
import type { reviews } from '../tables.ts'

type Row = typeof reviews.$inferSelect
export type Review = Omit<Row, 'tenantId'>
type ShownReview = Pick<Review, 'id' | 'stars' | 'text' | 'author' | 'createdAt'>

const shownColumns = 'id, stars, text, author, created_at as "createdAt"'
const columns = `${shownColumns}, product_id as "productId", account_id as "accountId", state`

export const findOnSale = statement<{ id: string }, [id: string | null, slug: string | null]>(
  'review.find_product',
  `select id from product where status = 'active' and (id = $1 or slug = $2)`,
)

export const insertReview = command<
  [
    id: string,
    productId: string,
    accountId: string,
    stars: number,
    text: string,
    author: string,
    now: string,
  ]
>(
  'review.insert',
  `insert into review (id, product_id, account_id, stars, text, author, state, created_at)
   values ($1, $2, $3, $4, $5, $6, 'pending', $7)`,
)

export const findReview = statement<Review, [id: string]>(
  'review.find',
  `select ${columns} from review where id = $1`,
)

export const setReviewState = statement<Review, [id: string, state: Review['state']]>(
  'review.set_state',
  `update review set state = $2 where id = $1 returning ${columns}`,
)

export const deleteReview = statement<{ id: string }, [productId: string, accountId: string]>(
  'review.delete',
  'delete from review where product_id = $1 and account_id = $2 returning id',
)

export const deleteReviewsOf = statement<{ productId: string }, [accountId: string]>(
  'review.delete_of_account',
  'delete from review where account_id = $1 returning product_id as "productId"',
)

export const refreshRatings = command<[productIds: readonly string[]]>(
  'review.refresh_ratings',
  'select refresh_ratings($1)',
)

export const listApproved = statement<
  ShownReview,
  [productId: string, before: string | null, limit: number]
>(
  'review.list_approved',
  `select ${shownColumns} from review
   where product_id = $1 and state = 'approved' and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
)

export const listReviewRows = statement<
  Review,
  [state: string | null, productId: string | null, before: string | null, limit: number]
>(
  'review.list',
  `select ${columns} from review
   where ($1::text is null or state = $1) and ($2::uuid is null or product_id = $2)
     and ($3::uuid is null or id < $3)
   order by id desc limit $4`,
)
