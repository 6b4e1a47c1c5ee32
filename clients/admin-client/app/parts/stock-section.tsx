import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { SelectField, Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

type Operations = typeof productContract.operations
type Stock = Output<Operations['readStock']>
type Adjustment = Output<Operations['listAdjustments']>['items'][number]
type Typed = Readonly<Record<string, string>>
type Places = readonly { readonly id: string; readonly name: string }[]

const reasons = ['received', 'counted', 'damaged', 'lost', 'returned', 'corrected'] as const

/** How much there is and where, how it came to be, and what changes it. */
export function StockSection({
  stock,
  places,
  adjustments,
  mayStock,
  onceKey,
  typed,
  problem,
}: {
  readonly stock: Stock
  /** Where goods are kept, of this variant or others. */
  readonly places: Places
  readonly adjustments: readonly Adjustment[]
  readonly mayStock: boolean
  /** What is sent twice under it is done once. */
  readonly onceKey: string
  readonly typed: Typed
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('stock')
  const reasonNames = useTranslations('stockReasons')
  const forms = { places, typed, problem, onceKey }
  return (
    <section>
      <h2>{t('title')}</h2>
      <dl className="facts">
        {(['onHand', 'reserved', 'available', 'incoming'] as const).map((name) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{stock[name]}</dd>
          </div>
        ))}
        {stock.locations.length > 1 &&
          stock.locations.map(({ locationId, name, onHand }) => (
            <div key={locationId}>
              <dt>{name}</dt>
              <dd>{onHand}</dd>
            </div>
          ))}
      </dl>
      {mayStock && <Adjust {...forms} />}
      {mayStock && places.length > 1 && <Move {...forms} />}
      {mayStock && <Threshold below={stock.lowBelow} />}
      {adjustments.length > 0 && (
        <details>
          <summary>{t('history')}</summary>
          <ol className="history">
            {adjustments.map(({ id, change, onHand, reason, note, madeAt }) => (
              <li key={id}>
                <span className="amount">{change > 0 ? `+${change}` : change}</span>{' '}
                {reasonNames(reason)}
                <span className="quiet">
                  {' '}
                  {t('then', { onHand })} <Moment at={madeAt} />
                </span>
                {note && <p className="quiet">{note}</p>}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  )
}

interface FormProps {
  readonly places: Places
  readonly typed: Typed
  readonly problem: ProblemDetails | undefined
  readonly onceKey: string
}

function Adjust({ places, typed: all, problem, onceKey }: FormProps) {
  const t = useTranslations('stock')
  const reasonNames = useTranslations('stockReasons')
  const isRefused = all.do === 'adjust'
  const typed = isRefused ? all : {}
  const wrong = expectedAt(problem, '/change') ?? expectedAt(problem, '/onHand') ?? undefined
  return (
    <details open={isRefused || undefined}>
      <summary>{t('adjust')}</summary>
      <Form method="post" className="stack" key={onceKey}>
        <div className="beside">
          <SelectField label={t('as')} name="as" defaultValue={typed.as}>
            <option value="change">{t('change')}</option>
            <option value="onHand">{t('counted')}</option>
          </SelectField>
          <TextField
            label={t('amount')}
            name="amount"
            type="number"
            required
            defaultValue={typed.amount}
            wrong={isRefused && wrong ? t('amountWrong') : undefined}
          />
        </div>
        <SelectField label={t('reason')} name="reason" defaultValue={typed.reason}>
          {reasons.map((reason) => (
            <option key={reason} value={reason}>
              {reasonNames(reason)}
            </option>
          ))}
        </SelectField>
        {places.length > 1 && (
          <Where label={t('location')} name="locationId" {...{ places, typed }} />
        )}
        <TextField label={t('note')} name="note" maxLength={500} defaultValue={typed.note} />
        <input type="hidden" name="do" value="adjust" />
        <input type="hidden" name="key" value={onceKey} />
        <Submit className="button second">{t('adjustNow')}</Submit>
      </Form>
    </details>
  )
}

function Move({ places, typed: all, problem, onceKey }: FormProps) {
  const t = useTranslations('stock')
  const isRefused = all.do === 'move'
  const typed = isRefused ? all : {}
  return (
    <details open={isRefused || undefined}>
      <summary>{t('move')}</summary>
      <Form method="post" className="stack" key={onceKey}>
        <div className="beside">
          <Where label={t('from')} name="fromLocationId" {...{ places, typed }} />
          <Where label={t('to')} name="toLocationId" {...{ places, typed }} />
        </div>
        <TextField
          label={t('quantity')}
          name="quantity"
          type="number"
          required
          min={1}
          max={1_000_000}
          defaultValue={typed.quantity}
          wrong={isRefused && expectedAt(problem, '/quantity') ? t('amountWrong') : undefined}
        />
        <TextField label={t('note')} name="note" maxLength={500} defaultValue={typed.note} />
        <input type="hidden" name="do" value="move" />
        <input type="hidden" name="key" value={onceKey} />
        <Submit className="button second">{t('moveNow')}</Submit>
      </Form>
    </details>
  )
}

function Where({
  label,
  name,
  places,
  typed,
}: {
  readonly label: string
  readonly name: string
  readonly places: Places
  readonly typed: Typed
}) {
  return (
    <SelectField label={label} name={name} defaultValue={typed[name]}>
      {places.map(({ id, name: place }) => (
        <option key={id} value={id}>
          {place}
        </option>
      ))}
    </SelectField>
  )
}

function Threshold({ below }: { readonly below: number | null }) {
  const t = useTranslations('stock')
  return (
    <details>
      <summary>{below === null ? t('threshold') : t('thresholdIs', { below })}</summary>
      <Form method="post" className="stack" key={below}>
        <TextField
          label={t('below')}
          hint={t('belowHint')}
          name="below"
          type="number"
          min={1}
          max={1_000_000}
          defaultValue={below ?? undefined}
        />
        <input type="hidden" name="do" value="threshold" />
        <Submit className="button second">{t('thresholdNow')}</Submit>
      </Form>
    </details>
  )
}
