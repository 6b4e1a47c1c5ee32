/** In which the shop speaks, the first of them to whoever asks for none. */
export const languages = ['en', 'de'] as const

/** The address of a page in each of them, and for whoever wants none of these. */
export function alternatesOf(address: string) {
  return [
    ...languages.map((language) => ({ language, address: inLanguage(address, language) })),
    { language: 'x-default', address },
  ]
}

export function inLanguage(address: string, language: string): string {
  return `${address}?${new URLSearchParams({ language })}`
}
