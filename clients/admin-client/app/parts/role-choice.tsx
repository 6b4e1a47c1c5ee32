import { useTranslations } from 'use-intl'

/** The system's roles have names in the reader's language, a tenant's own have theirs. */
export function RoleNames({ of: roles }: { readonly of: readonly string[] }) {
  const t = useTranslations('roleNames')
  return roles.map((name) => (t.has(name) ? t(name) : name)).join(', ')
}

export function RoleChoice({
  roles,
  chosen,
  wrong,
}: {
  readonly roles: readonly string[]
  readonly chosen: readonly string[]
  readonly wrong?: string | undefined
}) {
  const t = useTranslations('roleNames')
  const hints = useTranslations('roleHints')
  return (
    <fieldset className="choices" aria-describedby={wrong && 'roles-wrong'}>
      <legend>{t('title')}</legend>
      {roles.map((name) => (
        <label key={name}>
          <input type="checkbox" name="roles" value={name} defaultChecked={chosen.includes(name)} />
          <span>
            {t.has(name) ? t(name) : name}
            {hints.has(name) && <span className="hint"> {hints(name)}</span>}
          </span>
        </label>
      ))}
      {wrong && (
        <p className="wrong" id="roles-wrong">
          {wrong}
        </p>
      )}
    </fieldset>
  )
}
