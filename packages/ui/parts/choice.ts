// What the address asks for: whose style and words, in which language and theme, and which state alone.
import type { AbstractIntlMessages } from 'use-intl'

const sheets = import.meta.glob<string>(['../../../clients/*/app/app.css', '../src/house.css'], {
  query: '?url',
  import: 'default',
  eager: true,
})
const texts = import.meta.glob<AbstractIntlMessages>('../../../clients/*/app/messages/*.json', {
  import: 'default',
  eager: true,
})

/** `house` is the style that all of them begin with. */
export const clients = [
  'house',
  ...Object.keys(sheets).flatMap((path) => /clients\/([^/]+)\//.exec(path)?.[1] ?? []),
]
export const themes = ['system', 'light', 'dark'] as const
export const locales = ['en-GB', 'en-US', 'de-DE'] as const

export type Choice = ReturnType<typeof readChoice>

export function readChoice(search: string) {
  const asked = new URLSearchParams(search)
  const client = oneOf(clients, asked.get('client'))
  const locale = oneOf(locales, asked.get('locale'))
  const [language = ''] = locale.split('-')
  const sheet = Object.entries(sheets).find(([path]) => path.includes(`/${client}/app/app.css`))
  const [own] = Object.entries(texts).flatMap(([path, messages]) => {
    const isAsked = client === 'house' || path.includes(`/${client}/`)
    return isAsked && path.endsWith(`/${language}.json`) ? [messages] : []
  })
  return {
    ...{ client, locale, language, theme: oneOf(themes, asked.get('theme')) },
    sheet: sheet?.[1] ?? sheets['../src/house.css'] ?? '',
    messages: own ?? {},
    /** `ProblemPage/away`: this state and nothing else. */
    only: asked.get('only'),
  }
}

function oneOf<Name extends string>(names: readonly Name[], asked: string | null): Name {
  const [first] = names
  const found = names.find((name) => name === asked) ?? first
  if (found === undefined) throw new Error('there is nothing to choose from')
  return found
}
