import { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { NextPage } from '../parts/filters.tsx'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { PaymentState, paymentStates } from '../parts/payment-state.tsx'
import { PaymentViews } from '../parts/payment-views.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'
import { Views } from '../parts/views.tsx'

const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { searchParams } = url
  const after = searchParams.get('after')
  const orderId = searchParams.get('order')
  const state = paymentStates.find((one) => one === searchParams.get('state'))
  return page.call(paymentContract.operations.listPayments, {
    query: {
      limit: perPage,
      ...(state && { state }),
      ...(orderId !== null && { orderId }),
      ...(after !== null && { after }),
    },
  })
}

export default function Payments() {
  const { items, next } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'payment.*')
  const t = useTranslations('payments')
  const states = useTranslations('paymentStates')
  const home = `/t/${tenant}/payments`
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
        {useMay()('payment:ledger:read') && (
          <Link className="button second" to={`/t/${tenant}/ledger`}>
            {t('ledger')}
          </Link>
        )}
      </div>
      <PaymentViews />
      <Views
        name={t('views')}
        items={[
          { to: home, label: t('all') },
          ...paymentStates.map((one) => ({ to: `${home}?state=${one}`, label: states(one) })),
        ]}
      />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('made')}</th>
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('card')}</th>
                <th scope="col">{t('gateway')}</th>
                <th scope="col" className="number">
                  {t('amount')}
                </th>
                <th scope="col" className="number">
                  {t('refunded')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, createdAt, state, card, gateway, amount, refundedMinor }) => (
                <tr key={id}>
                  <td>
                    <Link to={`${home}/${id}`} prefetch="intent">
                      <Moment at={createdAt} />
                    </Link>
                  </td>
                  <td>
                    <PaymentState state={state} />
                  </td>
                  <td className="quiet">{card && `${card.brand} ${card.last4}`}</td>
                  <td className="quiet">{gateway}</td>
                  <td className="number">
                    <Amount of={amount} />
                  </td>
                  <td className="number">
                    {refundedMinor > 0 && <Amount of={{ ...amount, amountMinor: refundedMinor }} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <NextPage next={next} />
    </>
  )
}
