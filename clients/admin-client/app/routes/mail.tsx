import { emailContract } from '@prognetwork/contracts/email'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { LiveList } from '../parts/live-list.tsx'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  return page.call(emailContract.operations.listMessages, {
    query: { limit: perPage, ...(after !== null && { after }) },
  })
}

export default function Mail() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('mail')
  const texts = { title: t('title'), none: t('none'), earlier: t('earlier') }
  return (
    <LiveList texts={texts} types="email.*" isEmpty={items.length === 0} next={next}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('subject')}</th>
            <th scope="col">{t('to')}</th>
            <th scope="col">{t('state')}</th>
            <th scope="col">{t('when')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, subject, to, state, createdAt }) => (
            <tr key={id}>
              <td>
                <Link to={`/t/${tenant}/mail/${id}`}>{subject ?? t('unwritten')}</Link>
              </td>
              <td>{to}</td>
              <td>
                <span className={`state ${/^(sent|delivered)$/.test(state) ? 'ok' : 'warn'}`}>
                  {t(`states.${state}`)}
                </span>
              </td>
              <td className="quiet">
                <Moment at={createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </LiveList>
  )
}
