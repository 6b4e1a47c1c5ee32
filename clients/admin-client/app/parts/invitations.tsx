import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { Moment } from '@prognetwork/ui/moment'
import { useTranslations } from 'use-intl'
import { RoleNames } from './role-choice.tsx'
import { RowAction } from './row-action.tsx'
import { Scroll } from './scroll.tsx'

type Invitation = Output<typeof userContract.operations.listInvitations>['items'][number]

/** Invitations that nobody has accepted yet. */
export function Invitations({
  items,
  home,
  mayInvite,
  mayRevoke,
}: {
  readonly items: readonly Invitation[]
  /** Where the page is that carries the actions out. */
  readonly home: string
  readonly mayInvite: boolean
  readonly mayRevoke: boolean
}) {
  const t = useTranslations('invitations')
  return (
    <section>
      <h2>{t('title')}</h2>
      {items.length === 0 && <p className="quiet">{t('none')}</p>}
      {items.length > 0 && (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('email')}</th>
                <th scope="col">{t('roles')}</th>
                <th scope="col">{t('expires')}</th>
                {(mayInvite || mayRevoke) && <th scope="col">{t('actions')}</th>}
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, email, roles, expiresAt }) => (
                <tr key={id}>
                  <td>{email}</td>
                  <td>
                    <RoleNames of={roles} />
                  </td>
                  <td className="quiet">
                    <Moment at={expiresAt} />
                  </td>
                  {(mayInvite || mayRevoke) && (
                    <td>
                      {mayInvite && (
                        <RowAction {...{ home, id }} what="resend" name={t('resend')} />
                      )}
                      {mayRevoke && (
                        <RowAction
                          {...{ home, id }}
                          what="revoke"
                          name={t('revoke')}
                          sure={t('revokeNow')}
                        />
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
