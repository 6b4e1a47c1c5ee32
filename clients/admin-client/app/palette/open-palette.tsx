import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Place } from '../frame/places.ts'
import { useHasScript } from '../parts/use-has-script.ts'

/** Fetched when it is first opened. */
const Palette = lazy(() => import('./palette.tsx'))

/** Ctrl K, or ⌘ K, from anywhere; and a button for those who do not know that. */
export function OpenPalette({
  home,
  places,
}: {
  readonly home: string
  readonly places: readonly Place[]
}) {
  const t = useTranslations('palette')
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  const hasScript = useHasScript()
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      setOpen((before) => !before)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  if (!hasScript) return null
  return (
    <>
      <button type="button" className="goto" onClick={() => setOpen(true)}>
        {t('open')}
        <kbd>{t('keys')}</kbd>
      </button>
      {isOpen && (
        <Suspense>
          <Palette {...{ home, places, close }} />
        </Suspense>
      )}
    </>
  )
}
