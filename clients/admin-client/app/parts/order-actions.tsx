import { Submit, TextField } from '@prognetwork/ui/fields'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

/** In which states each can be done; the service decides, this only offers. */
const offers: Readonly<Record<'ship' | 'deliver' | 'cancel' | 'refund', readonly string[]>> = {
  ship: ['paid', 'fulfilling'],
  deliver: ['shipped'],
  cancel: ['awaiting_payment', 'paid'],
  refund: ['shipped', 'delivered'],
}

/** What cannot be undone is opened first, and asks why. */
export function OrderActions({ state }: { readonly state: string }) {
  const t = useTranslations('actions')
  const can = (what: keyof typeof offers) => offers[what].includes(state)
  return (
    <section className="stack" aria-labelledby="actions">
      <h2 id="actions">{t('title')}</h2>
      {can('ship') && (
        <Form method="post" className="stack">
          <TextField label={t('carrier')} name="carrier" required maxLength={100} />
          <TextField label={t('number')} name="number" required maxLength={100} />
          <input type="hidden" name="do" value="ship" />
          <Submit>{t('ship')}</Submit>
        </Form>
      )}
      {can('deliver') && (
        <Form method="post">
          <input type="hidden" name="do" value="deliver" />
          <Submit>{t('deliver')}</Submit>
        </Form>
      )}
      {(['cancel', 'refund'] as const).filter(can).map((what) => (
        <details key={what}>
          <summary>{t(what)}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t(`${what}Hint`)}</p>
            <TextField label={t('reason')} name="reason" required maxLength={500} />
            <input type="hidden" name="do" value={what} />
            <Submit className="button second">{t(`${what}Now`)}</Submit>
          </Form>
        </details>
      ))}
      {!(['ship', 'deliver', 'cancel', 'refund'] as const).some(can) && (
        <p className="quiet">{t('none')}</p>
      )}
    </section>
  )
}
