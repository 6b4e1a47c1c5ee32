import { useEffect, useSyncExternalStore } from 'react'
import { type Path, useBlocker, useLocation, useNavigation } from 'react-router'
import { useTranslations } from 'use-intl'
import {
  type Connection,
  changeConnection,
  listenToConnection,
  readConnection,
  want,
} from './connection.ts'

const open: Connection = { is: 'open', form: 'sent' }

/** Says quietly that nobody answers, and what became of a form; nothing while all is well. */
export function ConnectionNotice() {
  const connection = useSyncExternalStore(listenToConnection, readConnection, () => open)
  const { pathname } = useLocation()
  // Scripts of a page that was never seen cannot be had: this one stays, whatever leads away from it.
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      connection.is === 'offline' && addressOf(currentLocation) !== addressOf(nextLocation),
  )
  useEffect(() => {
    if (blocker.state === 'blocked') blocker.reset()
  }, [blocker])
  const { state, location: next } = useNavigation()
  useEffect(() => {
    want(state === 'loading' ? `${addressOf(next)}${next.hash}` : undefined)
  }, [state, next])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has other forms
  useEffect(() => changeConnection({ form: 'sent' }), [pathname])
  return <ConnectionLine connection={connection} />
}

const addressOf = ({ pathname, search }: Path) => `${pathname}${search}`

/** What there is to say of a connection. */
export function ConnectionLine({ connection: { is, form } }: { readonly connection: Connection }) {
  const t = useTranslations('connection')
  const isOpen = is === 'open'
  return (
    <div className="connection" role="status">
      {!isOpen && <p className="state warn">{t(is)}</p>}
      {form === 'kept' && <p>{isOpen ? t('keptBack') : t('kept')}</p>}
      {form === 'unanswered' && <p>{t('unanswered')}</p>}
    </div>
  )
}
