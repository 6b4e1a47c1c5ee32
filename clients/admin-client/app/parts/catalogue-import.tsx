import { FormProblem, SelectField } from '@prognetwork/ui/fields'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Scroll } from './scroll.tsx'
import { type ImportState, useImport } from './use-import.ts'

/**
 * Takes a product list in, or only tries it. A list is too long for a form of the console's pages, and
 * how far it is comes while it is sent, so this needs script.
 */
export function CatalogueImport({
  address,
  currencies,
}: {
  readonly address: string
  readonly currencies: readonly string[]
}) {
  const t = useTranslations('catalogueImport')
  const { state, send } = useImport(address)
  const [isTrial, setTrial] = useState(true)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent
    const form = new FormData(event.currentTarget, submitter)
    const file = form.get('file')
    if (!(file instanceof File)) return
    const dryRun = form.get('dryRun') === 'true'
    setTrial(dryRun)
    void send(file, { dryRun: String(dryRun), currency: String(form.get('currency')) })
  }
  return (
    <section>
      <h2>{t('title')}</h2>
      <p className="quiet">{t('intro')}</p>
      <form className="stack sheet" onSubmit={submit}>
        <div className="field">
          <label htmlFor="list-file">{t('file')}</label>
          <input id="list-file" name="file" type="file" accept=".csv,text/csv" required />
        </div>
        <SelectField label={t('currency')} name="currency">
          {currencies.map((currency) => (
            <option key={currency} value={currency}>
              {currency}
            </option>
          ))}
        </SelectField>
        <div className="filters">
          <button
            type="submit"
            name="dryRun"
            value="true"
            className="button second"
            disabled={state.isRunning}
          >
            {t('try')}
          </button>
          <button
            type="submit"
            name="dryRun"
            value="false"
            className="button"
            disabled={state.isRunning}
          >
            {t('take')}
          </button>
        </div>
        <noscript>
          <p className="hint">{t('script')}</p>
        </noscript>
      </form>
      <FormProblem problem={state.problem} />
      <Outcome state={state} isTrial={isTrial} />
    </section>
  )
}

function Outcome({
  state: { newest, file, refused, isRunning, isCutOff },
  isTrial,
}: {
  readonly state: ImportState
  readonly isTrial: boolean
}) {
  const t = useTranslations('catalogueImport')
  if (isCutOff) return <p className="notice bad">{t('cutOff')}</p>
  if (!newest) return null
  const { rows, products, variants, problem } = newest
  const said = isTrial ? t('tried', { rows }) : t('taken', { rows })
  return (
    <div className="stack">
      <p className={problem ? 'notice bad' : 'notice'} role="status">
        {isRunning ? t('reading', { rows }) : said} {problem?.detail}
      </p>
      <dl className="facts">
        {products && (
          <div>
            <dt>{t('products')}</dt>
            <dd>{t('counts', { ...products })}</dd>
          </div>
        )}
        {variants && (
          <div>
            <dt>{t('variants')}</dt>
            <dd>{t('counts', { ...variants })}</dd>
          </div>
        )}
        <div>
          <dt>{t('refused')}</dt>
          <dd>{newest.refused ?? refused.length}</dd>
        </div>
        {file && file.ignoredColumns.length > 0 && (
          <div>
            <dt>{t('ignored')}</dt>
            <dd>{file.ignoredColumns.join(', ')}</dd>
          </div>
        )}
      </dl>
      {refused.length > 0 && (
        <Scroll name={t('refused')}>
          <table>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {t('line')}
                </th>
                <th scope="col">{t('column')}</th>
                <th scope="col">{t('expected')}</th>
                <th scope="col">{t('found')}</th>
              </tr>
            </thead>
            <tbody>
              {refused.map(({ line, column, expected, detail }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
                <tr key={index}>
                  <td className="number">{line}</td>
                  <td className="mono">{column}</td>
                  <td>{expected}</td>
                  <td className="quiet">{detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  )
}
