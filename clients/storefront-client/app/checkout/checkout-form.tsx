import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, SelectField, Submit, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form, useSubmit } from 'react-router'
import { useTranslations } from 'use-intl'
import { Totals } from '../parts/totals.tsx'
import type { Offered, Refused } from '../routes/checkout.tsx'
import { CardFields } from './card-fields.tsx'

interface Props {
  readonly offered: Offered
  readonly refused: Refused | undefined
}

export function CheckoutForm({ offered, refused }: Props) {
  const t = useTranslations('checkout')
  const { quote } = offered
  return (
    <main className="sheet stack">
      <h1>{t('title')}</h1>
      <Destination offered={offered} />
      <FormProblem problem={offered.problem} />
      {quote && (
        <Form method="post" className="stack">
          <FormProblem problem={refused?.problem} />
          <input type="hidden" name="country" value={offered.country} />
          <input type="hidden" name="shipping" value={quote.shippingMethodId ?? ''} />
          <input
            type="hidden"
            name="expected"
            value={`${quote.total.amountMinor} ${quote.total.currency}`}
          />
          <Contact offered={offered} refused={refused} />
          <CardFields cards={offered.cards} problem={refused?.problem} />
          <Totals of={quote} />
          <Submit className="button wide">
            {t('pay')} <Amount of={quote.total} />
          </Submit>
        </Form>
      )}
    </main>
  )
}

/** Where it goes decides what it costs: a form of its own, that script sends by itself. */
function Destination({ offered: { country, countries, quote } }: Pick<Props, 'offered'>) {
  const t = useTranslations('checkout')
  const submit = useSubmit()
  const methods = quote?.shippingMethods ?? []
  return (
    <Form
      className="stack"
      onChange={(event) => void submit(event.currentTarget, { replace: true })}
    >
      <SelectField
        label={t('country')}
        name="country"
        defaultValue={country}
        autoComplete="country"
      >
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      {methods.length > 0 && (
        <fieldset className="variants">
          <legend>{t('shipping')}</legend>
          {methods.map(({ id, name, amount }) => (
            <label key={id}>
              <input
                type="radio"
                name="shipping"
                value={id}
                defaultChecked={id === quote?.shippingMethodId}
              />
              <span>{name}</span>
              <Amount of={amount} />
            </label>
          ))}
        </fieldset>
      )}
      <noscript>
        <button type="submit" className="button second">
          {t('recalculate')}
        </button>
      </noscript>
    </Form>
  )
}

function Contact({ offered, refused }: Props) {
  const t = useTranslations('checkout')
  const wrong = (pointer: string) => expectedAt(refused?.problem, pointer)
  const typed = refused?.typed
  return (
    <>
      <TextField
        label={t('email')}
        {...{ name: 'email', type: 'email', required: true, autoComplete: 'email', maxLength: 254 }}
        defaultValue={typed?.email ?? offered.email}
        wrong={wrong('/email')}
      />
      <TextField
        label={t('name')}
        {...{ name: 'name', required: true, autoComplete: 'name', maxLength: 200 }}
        defaultValue={typed?.name ?? offered.name}
        wrong={wrong('/shippingAddress/name')}
      />
      <TextField
        label={t('line1')}
        {...{ name: 'line1', required: true, autoComplete: 'address-line1', maxLength: 200 }}
        defaultValue={typed?.line1}
        wrong={wrong('/shippingAddress/lines') ?? wrong('/shippingAddress/lines/0')}
      />
      <TextField
        label={t('line2')}
        {...{ name: 'line2', autoComplete: 'address-line2', maxLength: 200 }}
        defaultValue={typed?.line2}
        wrong={wrong('/shippingAddress/lines/1')}
      />
      <div className="pair">
        <TextField
          label={t('postalCode')}
          {...{ name: 'postalCode', autoComplete: 'postal-code', maxLength: 20 }}
          defaultValue={typed?.postalCode}
          wrong={wrong('/shippingAddress/postalCode')}
        />
        <TextField
          label={t('city')}
          {...{ name: 'city', required: true, autoComplete: 'address-level2', maxLength: 100 }}
          defaultValue={typed?.city}
          wrong={wrong('/shippingAddress/city')}
        />
      </div>
    </>
  )
}
