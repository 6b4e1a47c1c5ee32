import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Moment } from '@prognetwork/ui/moment'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'

type Reviews = Output<typeof productContract.operations.listReviews>
type Rating = Output<typeof productContract.operations.readProduct>['rating']

/** What customers say of a product, the newest first, and the way to say something. */
export function ReviewList({
  slug,
  rating,
  reviews,
}: {
  readonly slug: string
  readonly rating: Rating
  readonly reviews: Reviews
}) {
  const t = useTranslations('reviews')
  return (
    <section className="reviews" aria-labelledby="reviews">
      <h2 id="reviews">{t('title')}</h2>
      {rating ? <Average rating={rating} /> : <p className="quiet">{t('none')}</p>}
      <ul>
        {reviews.items.map(({ id, stars, text, author, createdAt }) => (
          <li key={id}>
            <p>
              <Stars of={stars} /> <strong>{author}</strong>{' '}
              <span className="quiet">
                <Moment at={createdAt} />
              </span>
            </p>
            <p className="said">{text}</p>
          </li>
        ))}
      </ul>
      <p className="actions">
        {reviews.next !== null && (
          <Link
            to={`?${new URLSearchParams({ reviews: reviews.next })}#reviews`}
            className="button second"
          >
            {t('more')}
          </Link>
        )}
        <Link to={`/products/${slug}/review`} className="button second">
          {t('write')}
        </Link>
      </p>
    </section>
  )
}

export function Average({ rating }: { readonly rating: NonNullable<Rating> }) {
  const t = useTranslations('product')
  const average = rating.averageHundredths / 100
  return (
    <p>
      <Stars of={Math.round(average)} />{' '}
      <span className="quiet">{t('rating', { average, count: rating.reviews })}</span>
    </p>
  )
}

/** One to five; said as a number to who does not see it. */
function Stars({ of }: { readonly of: number }) {
  const t = useTranslations('reviews')
  return (
    <span className="stars" role="img" aria-label={t('stars', { stars: of })}>
      {'★'.repeat(of)}
      <span aria-hidden="true">{'☆'.repeat(5 - of)}</span>
    </span>
  )
}
