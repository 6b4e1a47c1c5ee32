/** A moment in UTC, as the field for it writes one (HTML, 2.3.5.5); what is none is refused later. */
export function momentIn(text: string): string | undefined {
  if (text === '') return undefined
  const date = new Date(`${text}Z`)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}
