import type { ProblemDetails } from '@prognetwork/contracts'
import type { TenantSettings } from '@prognetwork/contracts/tenant'
import { AreaField, FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

type Typed = Readonly<Record<string, string>>

const fields = [
  { name: 'displayName', required: true, maxLength: 100 },
  { name: 'supportEmail', type: 'email', maxLength: 254 },
  { name: 'brandColor', pattern: '#[0-9a-fA-F]{6}', maxLength: 7 },
  { name: 'locale', required: true, maxLength: 20 },
  { name: 'timezone', required: true, maxLength: 60 },
  { name: 'currency', required: true, maxLength: 3 },
  { name: 'currencies', required: true, maxLength: 250 },
  { name: 'returnDays', required: true, type: 'number', maxLength: 4 },
  { name: 'sellerAddress', maxLength: 1_000 },
  { name: 'vatId', maxLength: 30 },
] as const

export function SettingsForm({
  version,
  settings,
  mayChange,
  problem,
  typed,
}: {
  readonly version: number
  readonly settings: TenantSettings
  readonly mayChange: boolean
  readonly problem: ProblemDetails | undefined
  readonly typed: Typed
}) {
  const t = useTranslations('settings')
  const names = useTranslations('settingNames')
  const hints = useTranslations('settingHints')
  const wrongs = useTranslations('settingWrongs')
  const { currencies, returnDays, sellerAddress, ...others } = settings
  const kept: Readonly<Record<string, string | null>> = {
    ...others,
    currencies: currencies.join(', '),
    returnDays: String(returnDays),
    sellerAddress: sellerAddress?.join('\n') ?? null,
  }
  if (!mayChange)
    return (
      <section aria-labelledby="own-settings">
        <h2 id="own-settings">{t('own')}</h2>
        <dl className="facts">
          {fields.map(({ name }) => (
            <div key={name}>
              <dt>{names(name)}</dt>
              <dd className="lines-kept">{kept[name] ?? t('notSet')}</dd>
            </div>
          ))}
        </dl>
      </section>
    )
  return (
    <section aria-labelledby="own-settings">
      <h2 id="own-settings">{t('own')}</h2>
      <Form method="post" className="stack">
        <FormProblem problem={problem} />
        <div className="fields">
          {fields.map(({ name, ...input }) => {
            const common = {
              label: names(name),
              defaultValue: typed[name] ?? kept[name] ?? '',
              wrong: expectedAt(problem, `/changes/${name}`) && wrongs(name),
              ...(hints.has(name) && { hint: hints(name) }),
            }
            return name === 'sellerAddress' ? (
              <AreaField key={name} name={name} rows={4} {...input} {...common} />
            ) : (
              <TextField key={name} name={name} {...input} {...common} />
            )
          })}
        </div>
        <input type="hidden" name="do" value="settings" />
        <input type="hidden" name="version" value={version} />
        <div>
          <Submit>{t('save')}</Submit>
        </div>
      </Form>
    </section>
  )
}
