import type { ProblemDetails } from '@prognetwork/contracts'
import { Submit } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { RoleChoice, RoleNames } from './role-choice.tsx'

/** What somebody is to the platform, and the change of it, which is opened first. */
export function PersonRoles({
  roles,
  offered,
  problem,
}: {
  readonly roles: readonly string[]
  readonly offered: readonly string[]
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('personRoles')
  const wrong = expectedAt(problem, '/roles') && t('wrong')
  return (
    <section>
      <h2>{t('title')}</h2>
      {roles.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <p>
          <RoleNames of={roles} />
        </p>
      )}
      {offered.length > 0 && (
        <details open={wrong !== undefined || undefined}>
          <summary>{t('change')}</summary>
          <Form method="post" className="stack" key={roles.join(' ')}>
            <RoleChoice roles={offered} chosen={roles} wrong={wrong} />
            <input type="hidden" name="do" value="roles" />
            <div>
              <Submit className="button second">{t('save')}</Submit>
            </div>
          </Form>
        </details>
      )}
    </section>
  )
}
