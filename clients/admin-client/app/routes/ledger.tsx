import { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { NextPage } from '../parts/filters.tsx'
import { Live } from '../parts/live.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { TransferTable } from '../parts/transfer-table.tsx'
import { useLivePage } from '../parts/use-events.ts'

const { listTransfers, readBalances } = paymentContract.operations
const perPage = 50

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  const [{ items: balances }, transfers] = await Promise.all([
    page.call(readBalances, {}),
    page.call(listTransfers, { query: { limit: perPage, ...(after !== null && { after }) } }),
  ])
  return { balances, transfers }
}

type Balance = Awaited<ReturnType<typeof loader>>['balances'][number]

export default function Ledger() {
  const { balances, transfers } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'payment.*')
  const t = useTranslations('ledger')
  const byCurrency = [...Map.groupBy(balances, ({ currency }) => currency)]
  return (
    <>
      <title>{t('title')}</title>
      <p>
        <Link to={`/t/${tenant}/payments`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      {byCurrency.length === 0 && <p className="quiet">{t('none')}</p>}
      {byCurrency.map(([currency, accounts]) => (
        <Accounts key={currency} currency={currency} accounts={accounts} />
      ))}
      {transfers.items.length > 0 && (
        <section>
          <h2>{t('transfers')}</h2>
          <TransferTable items={transfers.items} />
        </section>
      )}
      <NextPage next={transfers.next} />
    </>
  )
}

/** The accounts of one currency; both sides come to the same, or money came from nowhere. */
function Accounts({
  currency,
  accounts,
}: {
  readonly currency: string
  readonly accounts: readonly Balance[]
}) {
  const t = useTranslations('ledger')
  const sum = (side: 'debitsMinor' | 'creditsMinor' | 'balanceMinor') =>
    accounts.reduce((total, one) => total + one[side], 0)
  const amount = (amountMinor: number) => <Amount of={{ amountMinor, currency }} />
  const isBalanced = sum('debitsMinor') === sum('creditsMinor')
  return (
    <section>
      <div className="head">
        <h2>{t('accounts', { currency })}</h2>
        <span className={`state ${isBalanced ? 'ok' : 'bad'}`}>
          {isBalanced ? t('balanced') : t('unbalanced')}
        </span>
      </div>
      <Scroll name={t('accounts', { currency })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('account')}</th>
              <th scope="col" className="number">
                {t('debits')}
              </th>
              <th scope="col" className="number">
                {t('credits')}
              </th>
              <th scope="col" className="number">
                {t('balance')}
              </th>
            </tr>
          </thead>
          <tbody>
            {accounts.map(({ account, debitsMinor, creditsMinor, balanceMinor }) => (
              <tr key={account}>
                <td className="mono">{account}</td>
                <td className="number">{amount(debitsMinor)}</td>
                <td className="number">{amount(creditsMinor)}</td>
                <td className="number">{amount(balanceMinor)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('sum')}</th>
              <td className="number">{amount(sum('debitsMinor'))}</td>
              <td className="number">{amount(sum('creditsMinor'))}</td>
              <td className="number">{amount(sum('balanceMinor'))}</td>
            </tr>
          </tfoot>
        </table>
      </Scroll>
    </section>
  )
}
