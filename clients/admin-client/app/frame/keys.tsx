import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useTranslations } from 'use-intl'
import type { Place } from './places.ts'

/** A second key counts for this long after `g`. */
const chordMs = 1_500

/**
 * `g` and a letter goes somewhere, `j` and `k` walk through the rows of a list, `/` goes to its filter
 * and `?` shows all of this. Nothing of it acts while somebody types.
 */
export function Keys({
  home,
  places,
}: {
  readonly home: string
  readonly places: readonly Place[]
}) {
  const t = useTranslations('keys')
  const names = useTranslations('places')
  const palette = useTranslations('palette')
  const dialog = useRef<HTMLDialogElement>(null)
  const navigate = useNavigate()
  // Kept while the page is read anew between the two keys.
  const chordUntilMs = useRef(0)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const place = places.find(({ key }) => key === event.key)
      if (place && performance.now() < chordUntilMs.current) void navigate(`${home}${place.path}`)
      chordUntilMs.current = event.key === 'g' ? performance.now() + chordMs : 0
      if (event.key === 'j') step(1)
      if (event.key === 'k') step(-1)
      if (event.key === '?') dialog.current?.showModal()
      const filter = document.querySelector<HTMLElement>('[data-filter]')
      if (event.key === '/' && filter) {
        event.preventDefault()
        filter.focus()
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [home, places, navigate])
  return (
    <dialog ref={dialog} aria-labelledby="keys">
      <h2 id="keys">{t('title')}</h2>
      <dl>
        {places.map(({ name, key }) => (
          <div key={name}>
            <dt>
              <kbd>{`g ${key}`}</kbd>
            </dt>
            <dd>{names(name)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>{palette('keys')}</kbd>
          </dt>
          <dd>{t('palette')}</dd>
        </div>
        <div>
          <dt>
            <kbd>j</kbd> <kbd>k</kbd>
          </dt>
          <dd>{t('rows')}</dd>
        </div>
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>{t('filter')}</dd>
        </div>
      </dl>
      <form method="dialog">
        <button type="submit" className="button second">
          {t('close')}
        </button>
      </form>
    </dialog>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  )
}

/** Moves the focus among the links that rows begin with. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('tbody tr td:first-child a')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus()
}
