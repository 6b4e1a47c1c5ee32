import { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { NavLink, useLoaderData, useLocation, useOutlet, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { DisputeState, disputeStates } from '../parts/dispute-state.tsx'
import { NextPage } from '../parts/filters.tsx'
import { Live } from '../parts/live.tsx'
import { PaymentViews } from '../parts/payment-views.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'
import { Views } from '../parts/views.tsx'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { searchParams } = url
  const after = searchParams.get('after')
  const state = disputeStates.find((one) => one === searchParams.get('state'))
  return page.call(paymentContract.operations.listDisputes, {
    query: { limit: perPage, ...(state && { state }), ...(after !== null && { after }) },
  })
}

export default function Disputes() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const drawer = useOutlet()
  const isOpen = useLivePage(tenant, 'payment.*')
  const t = useTranslations('disputes')
  const states = useTranslations('disputeStates')
  const home = `/t/${tenant}/disputes`
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <PaymentViews />
      <Views
        name={t('views')}
        items={[
          { to: home, label: t('all') },
          ...disputeStates.map((one) => ({ to: `${home}?state=${one}`, label: states(one) })),
        ]}
      />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('opened')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('reason')}</th>
                <th scope="col">{t('due')}</th>
                <th scope="col" className="number">
                  {t('amount')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, openedAt, state, reason, evidenceDueAt, closedAt, amount }) => (
                <tr key={id}>
                  <td>
                    <NavLink to={`${home}/${id}${search}`} prefetch="intent">
                      <Moment at={openedAt} />
                    </NavLink>
                  </td>
                  <td>
                    <DisputeState state={state} />
                  </td>
                  <td className="quiet">{reason}</td>
                  <td>{closedAt === null && evidenceDueAt && <Moment at={evidenceDueAt} />}</td>
                  <td className="number">
                    <Amount of={amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NextPage next={next} />
      {drawer}
    </>
  )
}
