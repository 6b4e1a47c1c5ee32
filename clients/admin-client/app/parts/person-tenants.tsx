import { Moment } from '@prognetwork/ui/moment'
import { Link } from 'react-router'
import { useTranslations } from 'use-intl'
import { RoleNames } from './role-choice.tsx'
import { Scroll } from './scroll.tsx'
import { TenantState } from './tenant-state.tsx'

export function PersonTenants({
  items,
}: {
  readonly items: readonly {
    readonly tenantId: string
    readonly slug: string
    readonly status: 'provisioning' | 'active' | 'suspended'
    readonly roles: readonly string[]
    readonly createdAt: string
  }[]
}) {
  const t = useTranslations('personTenants')
  return (
    <section>
      <h2>{t('title')}</h2>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('slug')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('roles')}</th>
                <th scope="col">{t('since')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ tenantId, slug, status, roles, createdAt }) => (
                <tr key={tenantId}>
                  <td>
                    <Link to={`/tenants/${tenantId}`} className="mono">
                      {slug}
                    </Link>
                  </td>
                  <td>
                    <TenantState state={status} />
                  </td>
                  <td>
                    <RoleNames of={roles} />
                  </td>
                  <td className="quiet">
                    <Moment at={createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
