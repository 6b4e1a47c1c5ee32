import type { ProblemDetails } from '@prognetwork/contracts'
import { TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { useTranslations } from 'use-intl'
import type { Offered } from '../routes/checkout.tsx'

/** The form of the sandbox's gateway: it takes test cards alone, and says which there are. */
export function CardFields({
  cards,
  problem,
}: {
  readonly cards: Offered['cards']
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('checkout')
  const wrong = (pointer: string) => expectedAt(problem, pointer)
  const expiry = wrong('/expiryMonth') ?? wrong('/expiryYear')
  return (
    <fieldset className="card-fields stack">
      <legend>{t('card')}</legend>
      <TextField
        label={t('cardNumber')}
        {...{ name: 'cardNumber', required: true, inputMode: 'numeric', maxLength: 30 }}
        autoComplete="cc-number"
        defaultValue={cards[0]?.number}
        wrong={wrong('/number')}
      />
      <div className="pair">
        <TextField
          label={t('expiry')}
          {...{ name: 'expiry', required: true, maxLength: 7, placeholder: '12/30' }}
          pattern="\s*\d{1,2}\s*/\s*(\d{2}|\d{4})\s*"
          autoComplete="cc-exp"
          wrong={expiry}
        />
        <TextField
          label={t('securityCode')}
          {...{ name: 'securityCode', required: true, inputMode: 'numeric', maxLength: 4 }}
          autoComplete="cc-csc"
          wrong={wrong('/securityCode')}
        />
      </div>
      <details>
        <summary>{t('testCards')}</summary>
        <table className="cards">
          <tbody>
            {cards.map(({ number, outcome }) => (
              <tr key={number}>
                <td>
                  <code>{number}</code>
                </td>
                <td>{outcome}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </fieldset>
  )
}
