import { userContract } from '@prognetwork/contracts/user'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, Link, useLoaderData, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { AccountState } from '../parts/account-state.tsx'
import { Live } from '../parts/live.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { items: [], next: null }
  const words = url.searchParams.get('q')?.trim()
  const after = url.searchParams.get('after')
  return page.call(userContract.operations.listAccounts, {
    query: { limit: perPage, ...(words && { words }), ...(after !== null && { after }) },
  })
}

export default function People() {
  const { items, next } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const isOpen = useLivePage('', 'user.*')
  const t = useTranslations('people')
  const earlier = new URLSearchParams(parameters)
  if (next !== null) earlier.set('after', next)
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <Form className="filters" role="search">
        <input
          type="search"
          name="q"
          data-filter
          maxLength={100}
          key={parameters.get('q')}
          defaultValue={parameters.get('q') ?? ''}
          placeholder={t('find')}
          aria-label={t('find')}
        />
        <button type="submit" className="button second">
          {t('show')}
        </button>
      </Form>
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('email')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('since')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, displayName, email, emailVerified, status, createdAt }) => (
                <tr key={id}>
                  <td>
                    <Link to={`/people/${id}`} prefetch="intent">
                      {displayName}
                    </Link>
                  </td>
                  <td>{email}</td>
                  <td>
                    <AccountState {...{ emailVerified, status }} />
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
      {next !== null && (
        <Link className="button second" to={`?${earlier}`}>
          {t('earlier')}
        </Link>
      )}
    </>
  )
}
