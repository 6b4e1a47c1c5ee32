import { useLocale } from 'use-intl'

/** Each costs more to make than to use a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(locale: string): Intl.DateTimeFormat {
  const known = formats.get(locale)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  formats.set(locale, made)
  return made
}

/** A moment in the reader's language; in UTC, and told so, because a server knows no zone of theirs. */
export function Moment({ at }: { readonly at: string }) {
  const locale = useLocale()
  return (
    // A browser may write it a little differently, with another space for one.
    <time dateTime={at} suppressHydrationWarning>
      {momentText(at, locale)}
    </time>
  )
}

/** The same as text, for lists of very many. */
export function momentText(at: string, locale: string): string {
  return `${formatOf(locale).format(new Date(at))} UTC`
}
