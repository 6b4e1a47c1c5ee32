import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  Form,
  Link,
  redirect,
  useActionData,
  useLoaderData,
  useParams,
  useSearchParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { attempt } from '../parts/attempt.server.ts'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { ParkedTable } from '../parts/parked-table.tsx'
import { useAgainEvery } from '../parts/use-again-every.ts'
import { useLivePage } from '../parts/use-events.ts'
import { Views } from '../parts/views.tsx'

const { listDeadLetters, redriveDeadLetters } = eventStreamingContract.operations
const perPage = 50
/** No event tells that something was parked or goes on. */
const againMs = 3_000

const asked = ({ searchParams }: URL) => ({
  state: searchParams.get('state') === 'waiting' ? ('waiting' as const) : ('dead' as const),
  ...(searchParams.has('service') && { service: searchParams.get('service') ?? '' }),
})

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const after = url.searchParams.get('after')
  return page.call(listDeadLetters, {
    query: { limit: perPage, ...asked(url), ...(after !== null && { after }) },
  })
}

export async function action({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  return attempt(async () => {
    const { service } = asked(url)
    const wanted =
      form.get('do') === 'all' ? [{ ...(service !== undefined && { service }) }] : chosenIn(form)
    let count = 0
    for (const body of wanted) {
      const { redriven } = await page.call(redriveDeadLetters, { body })
      for (const { keys } of redriven) count += keys
    }
    const query = new URLSearchParams({ ...(service !== undefined && { service }) })
    query.set('redriven', String(count))
    return redirect(`${url.pathname}?${query}`, 303)
  })
}

/** What is ticked, by service: each is asked for its own. */
function chosenIn(form: FormData): { service: string; keys: string[] }[] {
  const byService = new Map<string, string[]>()
  for (const one of form.getAll('chosen').map(String)) {
    const end = one.indexOf(' ')
    const service = one.slice(0, end)
    byService.set(service, [...(byService.get(service) ?? []), one.slice(end + 1)])
  }
  return [...byService].map(([service, keys]) => ({ service, keys }))
}

export default function DeadLetters() {
  const { items, next } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const [parameters] = useSearchParams()
  const isOpen = useLivePage(tenant, '*')
  useAgainEvery(againMs)
  const t = useTranslations('deadLetters')
  const home = `/t/${tenant}/dead-letters`
  const redriven = parameters.get('redriven')
  const later = new URLSearchParams(parameters)
  later.delete('redriven')
  if (next !== null) later.set('after', next)
  const isWaiting = parameters.get('state') === 'waiting'
  return (
    <>
      <title>{t('title')}</title>
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
      </div>
      <FormProblem problem={answer?.problem} />
      {redriven !== null && (
        <p className="notice" role="status">
          {t('redriven', { count: Number(redriven) || 0 })}{' '}
          <Link to={`${home}?state=waiting`}>{t('seeWaiting')}</Link>
        </p>
      )}
      <Narrowed home={home} />
      {items.length === 0 ? (
        <p className="quiet">{isWaiting ? t('noneWaiting') : t('none')}</p>
      ) : (
        <Form method="post" className="stack">
          <ParkedTable items={items} home={home} isTicked={!isWaiting} />
          {!isWaiting && <Redrive />}
        </Form>
      )}
      {next !== null && (
        <Link className="button second" to={`?${later}`}>
          {t('more')}
        </Link>
      )}
    </>
  )
}

/** Which of them are shown: by state, and those of one service where that was asked for. */
function Narrowed({ home }: { readonly home: string }) {
  const [parameters] = useSearchParams()
  const t = useTranslations('deadLetters')
  const states = useTranslations('parkedStates')
  const service = parameters.get('service')
  const of = service === null ? '' : `service=${encodeURIComponent(service)}`
  return (
    <div className="head">
      <Views
        name={t('views')}
        items={[
          { to: of === '' ? home : `${home}?${of}`, label: states('dead') },
          {
            to: `${home}?${['state=waiting', of].filter(Boolean).join('&')}`,
            label: states('waiting'),
          },
        ]}
      />
      {service !== null && (
        <p>
          {t('onlyOf', { service })} <Link to={home}>{t('ofAll')}</Link>
        </p>
      )}
    </div>
  )
}

/** Either is opened first: what is tried again may be done twice outside. */
function Redrive() {
  const t = useTranslations('deadLetters')
  const service = useSearchParams()[0].get('service')
  if (!useMay()('event:dead_letter:redrive')) return null
  return (
    <div className="asked">
      <details>
        <summary>{t('redriveChosen')}</summary>
        <div className="stack">
          <p className="quiet">{t('redriveHint')}</p>
          <Submit name="do" value="chosen">
            {t('redriveChosenNow')}
          </Submit>
        </div>
      </details>
      <details>
        <summary>{service === null ? t('redriveAll') : t('redriveAllOf', { service })}</summary>
        <div className="stack">
          <p className="quiet">{t('redriveHint')}</p>
          <Submit name="do" value="all" className="button second">
            {t('redriveAllNow')}
          </Submit>
        </div>
      </details>
    </div>
  )
}
