import { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  Form,
  Link,
  redirect,
  useActionData,
  useLoaderData,
  useLocation,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { attempt } from '../parts/attempt.server.ts'
import { DisputeState } from '../parts/dispute-state.tsx'
import { Drawer } from '../parts/drawer.tsx'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { useMay } from '../parts/may.ts'

const { decideDispute, readDispute, readPayment } = paymentContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const disputeId = params.disputeId ?? ''
  const dispute = await page.call(readDispute, { params: { disputeId } })
  const { paymentId } = dispute
  const payment = await ifAllowed(page.call(readPayment, { params: { paymentId } }))
  return { dispute, gateway: payment?.gateway ?? null }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const outcome = form.get('outcome') === 'won' ? 'won' : 'lost'
  return attempt(async () => {
    const disputeId = params.disputeId ?? ''
    await page.call(decideDispute, { params: { disputeId }, body: { outcome } })
    return redirect(`${url.pathname}${url.search}`)
  })
}

export default function DisputePage() {
  const { dispute, gateway } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const { search } = useLocation()
  const t = useTranslations('dispute')
  const { state, amount, reason, evidenceDueAt, withdrawn, reinstated, fee } = dispute
  const mayDecide = useMay()('payment:dispute:update')
  const isOpen = dispute.closedAt === null
  return (
    <Drawer title={t('title')} back={`/t/${tenant}/disputes${search}`}>
      <p>
        <DisputeState state={state} />
      </p>
      <FormProblem problem={answer?.problem} />
      <p className={state === 'needs_response' ? 'notice bad' : 'notice'}>{t(`toDo.${state}`)}</p>
      <dl className="facts">
        <dt>{t('amount')}</dt>
        <dd>
          <Amount of={amount} />
        </dd>
        <dt>{t('reason')}</dt>
        <dd>{reason}</dd>
        {isOpen && evidenceDueAt && (
          <>
            <dt>{t('due')}</dt>
            <dd>
              <Moment at={evidenceDueAt} />
            </dd>
          </>
        )}
        <dt>{t('withdrawn')}</dt>
        <dd>
          <Amount of={withdrawn} />
        </dd>
        <dt>{t('reinstated')}</dt>
        <dd>
          <Amount of={reinstated} />
        </dd>
        <dt>{t('fee')}</dt>
        <dd>
          <Amount of={fee} />
        </dd>
        <dt>{t('opened')}</dt>
        <dd>
          <Moment at={dispute.openedAt} />
        </dd>
        {dispute.closedAt && (
          <>
            <dt>{t('closed')}</dt>
            <dd>
              <Moment at={dispute.closedAt} />
            </dd>
          </>
        )}
      </dl>
      <p className="filters">
        <Link to={`/t/${tenant}/payments/${dispute.paymentId}`}>{t('payment')}</Link>
        <Link to={`/t/${tenant}/orders/${dispute.orderId}`}>{t('order')}</Link>
      </p>
      {isOpen && mayDecide && gateway === 'sandbox' && (
        <details>
          <summary>{t('decide')}</summary>
          <Form method="post" className="stack">
            <p className="quiet">{t('decideHint')}</p>
            <div className="filters">
              <Submit className="button second" name="outcome" value="won">
                {t('win')}
              </Submit>
              <Submit className="button second" name="outcome" value="lost">
                {t('lose')}
              </Submit>
            </div>
          </Form>
        </details>
      )}
    </Drawer>
  )
}
