import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { tenantContract } from '@prognetwork/contracts/tenant'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

type Domain = Output<typeof tenantContract.operations.listDomains>['items'][number]

const looks = { pending: 'warn', verified: 'ok', lapsed: 'bad' } as const

/** Names of the tenant's own, and what shows that they are theirs. */
export function Domains({
  items,
  may,
  problem,
  typed,
}: {
  readonly items: readonly Domain[]
  readonly may: {
    readonly addDomain: boolean
    readonly verifyDomain: boolean
    readonly removeDomain: boolean
  }
  readonly problem: ProblemDetails | undefined
  readonly typed: Readonly<Record<string, string>>
}) {
  const t = useTranslations('domains')
  return (
    <section aria-labelledby="domains" className="stack">
      <h2 id="domains">{t('title')}</h2>
      <FormProblem problem={problem} />
      {items.length === 0 && <p className="quiet">{t('none')}</p>}
      {items.map((domain) => (
        <OneDomain key={domain.id} {...{ domain, may }} />
      ))}
      {may.addDomain && (
        <Form method="post" className="filters" key={items.length}>
          <input type="hidden" name="do" value="add-domain" />
          <TextField
            label={t('name')}
            name="name"
            required
            maxLength={300}
            autoCapitalize="none"
            spellCheck={false}
            defaultValue={typed.do === 'add-domain' ? typed.name : undefined}
            wrong={expectedAt(problem, '/name') && t('nameWrong')}
          />
          <Submit className="button second">{t('add')}</Submit>
        </Form>
      )}
    </section>
  )
}

function OneDomain({
  domain: { id, name, state, record, lastFinding, checkedAt },
  may,
}: {
  readonly domain: Domain
  readonly may: { readonly verifyDomain: boolean; readonly removeDomain: boolean }
}) {
  const t = useTranslations('domains')
  return (
    <section className="card" aria-label={name}>
      <p>
        <strong>{name}</strong>{' '}
        <span className={`state ${looks[state]}`}>{t(`states.${state}`)}</span>
      </p>
      {state !== 'verified' && (
        <dl className="facts">
          <dt>{t('record')}</dt>
          <dd className="mono">
            {record.type} {record.name}
          </dd>
          <dt>{t('value')}</dt>
          <dd className="mono">{record.value}</dd>
        </dl>
      )}
      {checkedAt !== null && lastFinding !== null && (
        <p className="quiet">
          {t(`findings.${lastFinding}`)} <Moment at={checkedAt} />
        </p>
      )}
      <div className="filters">
        {may.verifyDomain && (
          <Form method="post">
            <input type="hidden" name="do" value="verify-domain" />
            <input type="hidden" name="id" value={id} />
            <Submit className="button second">{t('verify')}</Submit>
          </Form>
        )}
        {may.removeDomain && (
          <details>
            <summary>{t('remove')}</summary>
            <Form method="post" className="stack">
              <p className="quiet">{t('removeHint')}</p>
              <input type="hidden" name="do" value="remove-domain" />
              <input type="hidden" name="id" value={id} />
              <Submit className="button second">{t('removeNow')}</Submit>
            </Form>
          </details>
        )}
      </div>
    </section>
  )
}
