import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, useLoaderData, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from '../parts/scroll.tsx'

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { items: [] }
  const words = url.searchParams.get('q')?.trim()
  return page.call(monitoringContract.operations.listConfiguration, {
    query: { ...(words && { words }) },
  })
}

type Key = Awaited<ReturnType<typeof loader>>['items'][number]

export default function Configuration() {
  const { items } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const t = useTranslations('configuration')
  return (
    <>
      <title>{t('title')}</title>
      <h1>{t('title')}</h1>
      <p className="quiet">{t('intro')}</p>
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
          <table className="tall">
            <thead>
              <tr>
                <th scope="col">{t('key')}</th>
                <th scope="col">{t('value')}</th>
                <th scope="col">{t('origin')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <Row key={one.key} of={one} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  )
}

function Row({ of: { key, kind, description, isReloadable, origin, ...shown } }: { of: Key }) {
  const t = useTranslations('configuration')
  return (
    <tr>
      <td className="wrap">
        <span className="mono">{key}</span>{' '}
        {/* What declarations say is English, whoever reads it. */}
        <span className="hint" lang="en">
          {kind}
        </span>
        <p className="quiet" lang="en">
          {description}
        </p>
        {isReloadable && <p className="hint">{t('reloadable')}</p>}
      </td>
      <td className="wrap">
        <Value {...shown} />
      </td>
      <td className="quiet">
        {shown.isSet && origin === 'default' && t('default')}
        {origin !== 'default' && <span className="mono">{origin}</span>}
      </td>
    </tr>
  )
}

function Value({ value, isSecret, isSet }: Pick<Key, 'value' | 'isSecret' | 'isSet'>) {
  const t = useTranslations('configuration')
  if (isSecret) return <span className="quiet">{isSet ? t('secretSet') : t('secretUnset')}</span>
  if (value === null) return <span className="quiet">{t('unset')}</span>
  return <span className="mono">{value}</span>
}
