import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { SelectField, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { useTranslations } from 'use-intl'
import { amountText } from './amount-text.ts'

type Variant = Output<typeof productContract.operations.readCatalogueProduct>['variants'][number]

const policies = ['deny', 'continue', 'untracked'] as const

/** What a variant is, but for its stock. */
export function VariantFields({
  options,
  currencies,
  variant,
  typed,
  problem,
  unread,
}: {
  /** Names of what variants differ in. */
  readonly options: readonly string[]
  readonly currencies: readonly string[]
  readonly variant?: Variant
  readonly typed: Readonly<Record<string, string>>
  readonly problem: ProblemDetails | undefined
  readonly unread: readonly string[]
}) {
  const t = useTranslations('variant')
  const policyNames = useTranslations('stockPolicies')
  const problems = useTranslations('problems')
  const skuTaken = problem?.code === 'product.sku_taken' ? problems(problem.code) : undefined
  return (
    <>
      {options.map((name, index) => (
        <TextField
          key={name}
          label={name}
          name={`option-${index}`}
          required
          maxLength={200}
          defaultValue={typed[`option-${index}`] ?? variant?.optionValues[index]}
          wrong={expectedAt(problem, `/optionValues/${index}`) && t('optionWrong')}
        />
      ))}
      {currencies.map((currency) => (
        <div className="beside" key={currency}>
          {(['price', 'former'] as const).map((kind) => {
            const price = variant?.prices.find((one) => one.currency === currency)
            const amount = kind === 'price' ? price?.amountMinor : price?.compareAtMinor
            const name = `${kind}-${currency}`
            return (
              <TextField
                key={kind}
                label={t(kind, { currency })}
                name={name}
                inputMode="decimal"
                maxLength={20}
                defaultValue={
                  typed[name] ?? (amount == null ? undefined : amountText(amount, currency))
                }
                wrong={unread.includes(name) ? t('amountWrong') : undefined}
              />
            )
          })}
        </div>
      ))}
      <div className="beside">
        <TextField
          label={t('sku')}
          name="sku"
          maxLength={100}
          defaultValue={typed.sku ?? variant?.sku ?? undefined}
          wrong={skuTaken ?? (expectedAt(problem, '/sku') && t('textWrong'))}
        />
        <TextField
          label={t('barcode')}
          name="barcode"
          maxLength={100}
          defaultValue={typed.barcode ?? variant?.barcode ?? undefined}
          wrong={expectedAt(problem, '/barcode') && t('textWrong')}
        />
      </div>
      <div className="beside">
        <TextField
          label={t('weight')}
          name="weightGrams"
          type="number"
          min={0}
          max={100_000_000}
          defaultValue={typed.weightGrams ?? variant?.weightGrams ?? undefined}
          wrong={expectedAt(problem, '/weightGrams') && t('weightWrong')}
        />
        <SelectField
          label={t('policy')}
          name="stockPolicy"
          defaultValue={typed.stockPolicy ?? variant?.stock.policy ?? 'deny'}
        >
          {policies.map((policy) => (
            <option key={policy} value={policy}>
              {policyNames(policy)}
            </option>
          ))}
        </SelectField>
      </div>
    </>
  )
}
