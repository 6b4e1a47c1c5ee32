import { useTranslations } from 'use-intl'

/** The least severe first. */
export const lineLevels = ['debug', 'info', 'warn', 'error'] as const
const looks = { debug: 'plain', info: 'plain', warn: 'warn', error: 'bad' } as const

export function LineLevel({ level }: { readonly level: (typeof lineLevels)[number] }) {
  const t = useTranslations('lineLevels')
  return <span className={`state ${looks[level]}`}>{t(level)}</span>
}

/** What a line tells besides its sentence, in one line. */
export function lineFields(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}
