import { Form, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'

/** Which columns a table shows: kept in the address, beside whatever else is there. */
export function ColumnChoice({
  items,
}: {
  readonly items: readonly {
    readonly name: string
    readonly label: string
    readonly isShown: boolean
  }[]
}) {
  const t = useTranslations('columns')
  const [parameters] = useSearchParams()
  const others = [...parameters].filter(([name]) => name !== 'columns')
  return (
    <details className="choosing">
      <summary>{t('title')}</summary>
      <Form key={parameters.toString()} preventScrollReset>
        {others.map(([name, value]) => (
          <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
        ))}
        {/* So that none at all is a choice, too. */}
        <input type="hidden" name="columns" value="chosen" />
        {items.map(({ name, label, isShown }) => (
          <label key={name} className="tick">
            <input type="checkbox" name="columns" value={name} defaultChecked={isShown} />
            {label}
          </label>
        ))}
        <button type="submit" className="button second">
          {t('show')}
        </button>
      </Form>
    </details>
  )
}
