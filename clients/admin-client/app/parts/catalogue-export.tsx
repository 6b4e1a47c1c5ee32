import { SelectField, Submit } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

/** The whole catalogue as a file: it is asked for, written by a job, and had for a while. */
export function CatalogueExport({
  made,
}: {
  readonly made: {
    readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
    readonly file: { readonly url: string; readonly expiresAt: string } | null
  } | null
}) {
  const t = useTranslations('catalogueExport')
  const looks = { succeeded: 'ok', failed: 'bad', cancelled: 'bad' } as const
  return (
    <section className="sheet">
      <h2>{t('title')}</h2>
      <Form method="post" className="filters">
        <SelectField label={t('format')} name="format">
          <option value="csv">{t('csv')}</option>
          <option value="ndjson">{t('ndjson')}</option>
        </SelectField>
        <Submit className="button second">{t('write')}</Submit>
      </Form>
      {made && (
        <p role="status">
          <span className={`state ${looks[made.state as keyof typeof looks] ?? 'warn'}`}>
            {t(`states.${made.state}`)}
          </span>{' '}
          {made.file && (
            <>
              <a href={made.file.url} download>
                {t('load')}
              </a>{' '}
              <span className="quiet">
                {t('until')} <Moment at={made.file.expiresAt} />
              </span>
            </>
          )}
        </p>
      )}
    </section>
  )
}
