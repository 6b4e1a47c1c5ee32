import type { ProblemDetails } from '@prognetwork/contracts'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { TenantState } from './tenant-state.tsx'

const aboutSlug = ['tenant.slug_taken', 'tenant.slug_reserved']

/** The name and the slug; a new slug moves every address, so it is opened first. */
export function TenantNameForm({
  tenant,
  mayRename,
  problem,
  typed,
}: {
  readonly tenant: {
    readonly name: string
    readonly slug: string
    readonly status: 'provisioning' | 'active' | 'suspended'
  }
  readonly mayRename: boolean
  readonly problem: ProblemDetails | undefined
  readonly typed: Readonly<Record<string, string>>
}) {
  const t = useTranslations('tenantName')
  const problems = useTranslations('problems')
  const { name, slug, status } = tenant
  const slugWrong =
    problem && aboutSlug.includes(problem.code)
      ? problems(problem.code)
      : expectedAt(problem, '/slug') && t('slugWrong')
  return (
    <section aria-labelledby="tenant-name">
      <h2 id="tenant-name">{t('title')}</h2>
      <dl className="facts">
        <dt>{t('name')}</dt>
        <dd>{name}</dd>
        <dt>{t('slug')}</dt>
        <dd className="mono">{slug}</dd>
        <dt>{t('state')}</dt>
        <dd>
          <TenantState state={status} />
        </dd>
      </dl>
      {mayRename && (
        <details open={problem !== undefined || undefined}>
          <summary>{t('rename')}</summary>
          <Form method="post" className="stack">
            <FormProblem problem={problem} />
            <TextField
              label={t('name')}
              name="name"
              required
              maxLength={100}
              defaultValue={typed.name ?? name}
              wrong={expectedAt(problem, '/name') && t('nameWrong')}
            />
            <TextField
              label={t('slug')}
              name="slug"
              required
              minLength={3}
              maxLength={40}
              autoCapitalize="none"
              spellCheck={false}
              hint={t('slugHint')}
              defaultValue={typed.slug ?? slug}
              wrong={slugWrong}
            />
            <input type="hidden" name="do" value="rename" />
            <div>
              <Submit className="button second">{t('renameNow')}</Submit>
            </div>
          </Form>
        </details>
      )}
    </section>
  )
}
