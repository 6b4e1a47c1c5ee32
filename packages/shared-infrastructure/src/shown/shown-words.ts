// Dates and countries as a shop's language writes them.
import { LRUCache } from 'lru-cache'

/** To make one takes longer than all that is done with it. */
const most = { max: 500 }
const dates = new LRUCache<string, Intl.DateTimeFormat>(most)
const countries = new LRUCache<string, Intl.DisplayNames>(most)

export function shownDate(moment: string, locale: string, timeZone: string): string {
  const place = `${locale} ${timeZone}`
  const format =
    dates.get(place) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
  dates.set(place, format)
  return format.format(Date.parse(moment))
}

export function shownCountry(country: string, locale: string): string {
  const names = countries.get(locale) ?? new Intl.DisplayNames(locale, { type: 'region' })
  countries.set(locale, names)
  return names.of(country) ?? country
}
