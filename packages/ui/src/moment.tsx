import { useLocale } from 'use-intl'

/** A moment in the reader's language; in UTC, and told so, because a server knows no zone of theirs. */
export function Moment({ at }: { readonly at: string }) {
  const locale = useLocale()
  const text = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(new Date(at))
  return (
    // A browser may write it a little differently, with another space for one.
    <time dateTime={at} suppressHydrationWarning>
      {`${text} UTC`}
    </time>
  )
}
