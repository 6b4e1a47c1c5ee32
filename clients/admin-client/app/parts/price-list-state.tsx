import { useTranslations } from 'use-intl'

interface Terms {
  readonly state: 'draft' | 'active'
  readonly startsAt: string | null
  readonly endsAt: string | null
}

const looks = { draft: 'plain', later: 'warn', holds: 'ok', over: 'plain' } as const

/** Whether the prices of a list hold at the moment when the page was made. */
export function PriceListState({ of, now }: { readonly of: Terms; readonly now: string }) {
  const t = useTranslations('priceListStates')
  const state = stateAt(of, Date.parse(now))
  return <span className={`state ${looks[state]}`}>{t(state)}</span>
}

function stateAt({ state, startsAt, endsAt }: Terms, now: number): keyof typeof looks {
  if (state === 'draft') return 'draft'
  if (startsAt !== null && Date.parse(startsAt) > now) return 'later'
  return endsAt !== null && Date.parse(endsAt) <= now ? 'over' : 'holds'
}
