import { Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { NextPage } from './filters.tsx'
import { Scroll } from './scroll.tsx'

/** Who is in a group of customers; an address puts one in, out of the group they were in. */
export function GroupMembers({
  members,
  next,
  mayChange,
  mayAdd,
  isUnknown,
  email,
}: {
  readonly members: readonly {
    readonly accountId: string
    readonly since: string
    readonly name: string | null
    readonly email: string | null
  }[]
  readonly next: string | null
  readonly mayChange: boolean
  readonly mayAdd: boolean
  /** Nobody has the address that was typed. */
  readonly isUnknown: boolean
  readonly email: string | undefined
}) {
  const t = useTranslations('groupMembers')
  return (
    <section className="stack">
      <h2>{t('title')}</h2>
      {mayAdd && (
        <Form method="post" className="stack" key={members.length}>
          <TextField
            label={t('email')}
            hint={t('emailHint')}
            name="email"
            type="email"
            required
            maxLength={254}
            defaultValue={email}
            wrong={isUnknown ? t('unknown') : undefined}
          />
          <input type="hidden" name="do" value="add" />
          <Submit className="button second">{t('add')}</Submit>
        </Form>
      )}
      {members.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <tbody>
              {members.map((one) => (
                <tr key={one.accountId}>
                  <td title={one.email ?? undefined}>{one.name ?? one.accountId}</td>
                  <td className="quiet">
                    <Moment at={one.since} />
                  </td>
                  {mayChange && (
                    <td>
                      <Form method="post" preventScrollReset>
                        <input type="hidden" name="do" value="take-out" />
                        <input type="hidden" name="id" value={one.accountId} />
                        <Submit className="link">{t('takeOut')}</Submit>
                      </Form>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NextPage next={next} />
    </section>
  )
}
