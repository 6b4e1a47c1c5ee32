import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { SchemaOwner } from '../parts/schema-owner.tsx'
import { Scroll } from '../parts/scroll.tsx'

const perPage = 100

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  return page.call(eventStreamingContract.operations.listSchemas, {
    query: { limit: perPage, ...(after !== null && { after }) },
  })
}

export default function Schemas() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('schemas')
  const modes = useTranslations('compatibilityModes')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <Scroll name={t('title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('type')}</th>
              <th scope="col" className="number">
                {t('version')}
              </th>
              <th scope="col">{t('owner')}</th>
              <th scope="col">{t('compatibility')}</th>
              <th scope="col">{t('registered')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={one.type}>
                <td>
                  <Link to={`/t/${tenant}/schemas/${one.type}`} className="mono" prefetch="intent">
                    {one.type}
                  </Link>
                </td>
                <td className="number">{one.newestVersion}</td>
                <td className="quiet">
                  <SchemaOwner of={one} />
                </td>
                <td>{one.compatibility !== null && modes(one.compatibility)}</td>
                <td className="quiet">
                  {one.registeredAt !== null && <Moment at={one.registeredAt} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {next !== null && (
        <Link className="button second" to={`?${new URLSearchParams({ after: next })}`}>
          {t('more')}
        </Link>
      )}
    </>
  )
}
