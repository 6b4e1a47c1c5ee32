import type { ProblemDetails } from '@prognetwork/contracts'
import { Submit, TextField } from '@prognetwork/ui/fields'
import type { ReactNode } from 'react'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from './may.ts'

/** What can be done with an endpoint; what cannot be undone is opened first. */
export function EndpointActions({
  isEnabled,
  windowProblem,
}: {
  readonly isEnabled: boolean
  /** Why the time that was to be sent again cannot be. */
  readonly windowProblem: ProblemDetails | undefined
}) {
  const t = useTranslations('endpointActions')
  const may = useMay()
  return (
    <>
      {may('event:webhook:update') && isEnabled && (
        <Form method="post">
          <Submit name="do" value="test" className="button second">
            {t('test')}
          </Submit>
        </Form>
      )}
      {may('event:delivery:resend') && isEnabled && (
        <Asked what="recover" isOpen={windowProblem !== undefined}>
          <TextField
            label={t('from')}
            name="from"
            type="datetime-local"
            required
            wrong={windowProblem?.errors?.length ? t('windowWrong') : undefined}
          />
          <TextField label={t('to')} hint={t('toHint')} name="to" type="datetime-local" />
          <label className="tick">
            <input type="checkbox" name="all" /> {t('again')}
          </label>
        </Asked>
      )}
      {may('event:webhook:update') && (
        <>
          <Asked what="rotate" />
          {isEnabled ? (
            <Asked what="disable" />
          ) : (
            <Form method="post">
              <Submit name="do" value="enable">
                {t('enable')}
              </Submit>
            </Form>
          )}
        </>
      )}
      {may('event:webhook:delete') && <Asked what="remove" />}
    </>
  )
}

function Asked({
  what,
  isOpen = false,
  children,
}: {
  readonly what: 'recover' | 'rotate' | 'disable' | 'remove'
  readonly isOpen?: boolean
  readonly children?: ReactNode
}) {
  const t = useTranslations('endpointActions')
  return (
    <details open={isOpen}>
      <summary>{t(what)}</summary>
      <Form method="post" className="stack">
        <p className="quiet">{t(`${what}Hint`)}</p>
        {children}
        <Submit name="do" value={what} className="button second">
          {t(`${what}Now`)}
        </Submit>
      </Form>
    </details>
  )
}
