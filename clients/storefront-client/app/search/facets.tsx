import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'
import { Form, Link, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { chosenFilters, type readSearch, shownValue, sortOrders } from './search-query.ts'

type Facets = Output<typeof productContract.operations.searchProducts>['facets']
type Attribute = Facets['attributes'][number]
type Query = ReturnType<typeof readSearch>

/** So many values of one thing are offered; who wants another one searches for it. */
const shown = 8

/** What was chosen, each with a way to take it away. */
export function ChosenFilters({ facets }: { readonly facets: Facets }) {
  const [asked] = useSearchParams()
  const t = useTranslations('search')
  const words = { available: t('available'), yes: t('yes'), no: t('no') }
  const chosen = chosenFilters(asked, facets.attributes, words)
  if (chosen.length === 0) return null
  return (
    <ul className="chosen" aria-label={t('chosen')}>
      {chosen.map(({ label, without }) => (
        <li key={without}>
          <Link to={without} aria-label={t('without', { filter: label })}>
            {label} <span aria-hidden="true">×</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** Narrows by what there is to be found; it stands open beside the results where there is room. */
export function FacetForm({ facets, query }: { readonly facets: Facets; readonly query: Query }) {
  const t = useTranslations('search')
  const { availability } = facets
  return (
    <details className="fold">
      <summary className="button second">{t('narrow')}</summary>
      <Form className="facets" aria-label={t('narrow')}>
        <input type="hidden" name="q" value={query.q} />
        {query.category && <input type="hidden" name="category" value={query.category} />}
        {query.collection && <input type="hidden" name="collection" value={query.collection} />}
        <Unoffered facets={facets} />
        <Choices name="type" legend={t('type')} values={facets.types} chosen={query.type} />
        <Choices name="vendor" legend={t('vendor')} values={facets.vendors} chosen={query.vendor} />
        {facets.attributes.map((one) => (
          <AttributeFacet key={one.key} attribute={one} chosen={query.attribute} />
        ))}
        <fieldset>
          <legend>{t('order')}</legend>
          <select name="sort" defaultValue={query.sort} aria-label={t('order')} key={query.sort}>
            {sortOrders.map((sort) => (
              <option key={sort} value={sort}>
                {t(`sorts.${sort === '-price' ? 'priceDown' : sort}`)}
              </option>
            ))}
          </select>
          <Choice
            name="available"
            value="true"
            label={t('available')}
            count={availability.available}
            isChosen={'available' in query}
          />
        </fieldset>
        <button type="submit" className="button second">
          {t('apply')}
        </button>
      </Form>
    </details>
  )
}

/** What was chosen and is not to be found any more stays chosen until it is taken away. */
function Unoffered({ facets }: { readonly facets: Facets }) {
  const [asked] = useSearchParams()
  const has = (values: Counted, value: string) => values.some((one) => one.value === value)
  const isOffered = (name: string, value: string) => {
    if (name === 'type') return has(facets.types, value)
    if (name === 'vendor') return has(facets.vendors, value)
    const [key = '', text = ''] = (
      name === 'attribute' ? value : name.slice(name.indexOf(':') + 1)
    ).split(':')
    const own = facets.attributes.find((one) => one.key === key)
    if (!own) return false
    return name === 'attribute' ? has(own.values, text) : own.bounds !== null
  }
  return [...asked]
    .filter(([name]) => /^(type|vendor|attribute|(from|to):.+)$/.test(name))
    .filter(([name, value]) => !isOffered(name, value))
    .map(([name, value]) => <input key={`${name} ${value}`} type="hidden" {...{ name, value }} />)
}

type Counted = readonly {
  readonly value: string
  /** As it is shown, where that is otherwise. */
  readonly text?: string
  readonly count: number
}[]

function Choices({
  name,
  legend,
  values,
  chosen,
  toValue = (value) => value,
  toLabel = (text) => text,
}: {
  readonly name: string
  readonly legend: string
  readonly values: Counted
  readonly chosen: readonly string[]
  readonly toValue?: (value: string) => string
  readonly toLabel?: (text: string) => string
}) {
  const isChosen = (value: string) => chosen.includes(toValue(value))
  const offered = values.filter(({ value }, at) => at < shown || isChosen(value))
  if (values.length < 2 && !values.some(({ value }) => isChosen(value))) return null
  return (
    <fieldset>
      <legend>{legend}</legend>
      {offered.map(({ value, text = value, count }) => (
        <Choice
          key={value}
          {...{ name, count }}
          value={toValue(value)}
          label={toLabel(text)}
          isChosen={isChosen(value)}
        />
      ))}
    </fieldset>
  )
}

function Choice(props: {
  readonly name: string
  readonly value: string
  readonly label: string
  readonly count: number
  readonly isChosen: boolean
}) {
  const { name, value, label, count, isChosen } = props
  return (
    <label>
      {/* Taken away by a link as well, so that what is checked has to follow the address. */}
      <input
        type="checkbox"
        {...{ name, value }}
        defaultChecked={isChosen}
        key={String(isChosen)}
      />
      {label} <span className="quiet">{count}</span>
    </label>
  )
}

function AttributeFacet({
  attribute: { key, label, type, unit, values, bounds },
  chosen,
}: {
  readonly attribute: Attribute
  readonly chosen: readonly string[]
}) {
  const [asked] = useSearchParams()
  const t = useTranslations('search')
  const legend = unit ? `${label} (${unit})` : label
  if (type === 'number') {
    const isSet = asked.has(`from:${key}`) || asked.has(`to:${key}`)
    if (!bounds || (bounds.from === bounds.to && !isSet)) return null
    return (
      <fieldset className="bounds">
        <legend>{legend}</legend>
        {(['from', 'to'] as const).map((end) => (
          <label key={end}>
            {t(end)}
            <input
              name={`${end}:${key}`}
              inputMode="decimal"
              maxLength={20}
              placeholder={bounds[end]}
              defaultValue={asked.get(`${end}:${key}`) ?? ''}
            />
          </label>
        ))}
      </fieldset>
    )
  }
  return (
    <Choices
      name="attribute"
      legend={legend}
      values={values}
      chosen={chosen}
      toValue={(value) => `${key}:${value}`}
      toLabel={(text) => shownValue(type, text, { yes: t('yes'), no: t('no') })}
    />
  )
}
