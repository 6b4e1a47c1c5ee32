import { momentIn } from './moment-in.ts'
import { ranges } from './time-ranges.ts'

/** The time that the address of a page asks for: the last while, or from one moment until another. */
export function timeRange(
  asked: URLSearchParams,
  now: string,
): { readonly from?: string; readonly to?: string } {
  const range = ranges.find(({ name }) => name === asked.get('range'))
  if (range) return { from: new Date(Date.parse(now) - range.minutes * 60_000).toISOString() }
  const [from, to] = ['from', 'to'].map((name) => momentIn(asked.get(name) ?? ''))
  return { ...(from && { from }), ...(to && { to }) }
}
