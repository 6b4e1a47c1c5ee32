import { tenantContract } from '@prognetwork/contracts/tenant'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  Form,
  Link,
  NavLink,
  useLoaderData,
  useLocation,
  useOutlet,
  useSearchParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { Scroll } from '../parts/scroll.tsx'
import { TenantState } from '../parts/tenant-state.tsx'

const perPage = 50
const states = ['active', 'provisioning', 'suspended'] as const

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { items: [], next: null }
  const asked = url.searchParams
  const words = asked.get('q')?.trim()
  const after = asked.get('after')
  const status = states.find((one) => one === asked.get('state'))
  return page.call(tenantContract.operations.listTenants, {
    query: {
      limit: perPage,
      ...(words && { words }),
      ...(status && { status }),
      ...(after !== null && { after }),
    },
  })
}

export default function Tenants() {
  const { items, next } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const { search } = useLocation()
  const drawer = useOutlet()
  const t = useTranslations('tenants')
  const earlier = new URLSearchParams(parameters)
  if (next !== null) earlier.set('after', next)
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        <Link className="button" to={`/tenants/new${search}`} prefetch="intent">
          {t('new')}
        </Link>
      </div>
      <Filters />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('slug')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('made')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, name, slug, status, createdAt }) => (
                <tr key={id}>
                  <td>
                    <NavLink to={`/tenants/${id}${search}`} prefetch="intent">
                      {name}
                    </NavLink>
                  </td>
                  <td className="mono">{slug}</td>
                  <td>
                    <TenantState state={status} />
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
        <Link className="button second" to={`/tenants?${earlier}`}>
          {t('earlier')}
        </Link>
      )}
      {drawer}
    </>
  )
}

function Filters() {
  const [parameters] = useSearchParams()
  const t = useTranslations('tenants')
  const names = useTranslations('tenantStates')
  return (
    <Form className="filters" role="search" action="/tenants">
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
      <select name="state" defaultValue={parameters.get('state') ?? ''} aria-label={t('state')}>
        <option value="">{t('anyState')}</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {names(state)}
          </option>
        ))}
      </select>
      <button type="submit" className="button second">
        {t('show')}
      </button>
    </Form>
  )
}
