import { SelectField, TextField } from '@prognetwork/ui/fields'
import { useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { ranges } from './time-ranges.ts'

/** What the fields below are called in the address, for `Filters`. */
export const exactTimes = ['from', 'to'] as const

/** Which while is looked at; alike on every page that has one. */
export function RangeField() {
  const t = useTranslations('time')
  const [parameters] = useSearchParams()
  return (
    <SelectField label={t('range')} name="range" defaultValue={parameters.get('range') ?? ''}>
      <option value="">{t('any')}</option>
      {ranges.map(({ name }) => (
        <option key={name} value={name}>
          {t(`last.${name}`)}
        </option>
      ))}
    </SelectField>
  )
}

/** Exact moments, where no while is chosen. */
export function ExactTimeFields() {
  const t = useTranslations('time')
  const [parameters] = useSearchParams()
  const at = (name: string) => ({ name, defaultValue: parameters.get(name) ?? '' })
  return (
    <>
      <TextField label={t('from')} type="datetime-local" {...at('from')} />
      <TextField label={t('to')} type="datetime-local" {...at('to')} />
    </>
  )
}
