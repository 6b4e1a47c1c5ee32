import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useFetcher, useNavigate } from 'react-router'
import { useTranslations } from 'use-intl'
import type { Place } from '../frame/places.ts'
import type { loader } from '../routes/find.ts'
import type { FoundThing } from './found-things.ts'

/** Typing goes on for a moment before anything is looked for. */
const typingMs = 150

interface Choice {
  readonly kind: FoundThing['kind'] | 'place'
  readonly name: string
  readonly detail: string
  readonly to: string
}

/** Goes to any place, and to what words find; by keys alone (ARIA APG, combobox with a list). */
export default function Palette({
  home,
  places,
  close,
}: {
  readonly home: string
  readonly places: readonly Place[]
  readonly close: () => void
}) {
  const t = useTranslations('palette')
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const choices = [...usePlaces(home, places, words), ...useFound(home, words)]
  useEffect(() => {
    const opened = dialog.current
    opened?.showModal()
    return () => opened?.close()
  }, [])

  function go(choice: Choice | undefined): void {
    if (!choice) return
    close()
    void navigate(choice.to)
  }

  function press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && choices.length > 0) {
      event.preventDefault()
      setAt((at + step + choices.length) % choices.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      go(choices[at])
    }
  }

  return (
    <dialog ref={dialog} className="palette" aria-label={t('title')} onClose={close}>
      <input
        type="text"
        role="combobox"
        aria-label={t('title')}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={choices[at] && `${id}-${at}`}
        placeholder={t('hint')}
        maxLength={100}
        value={words}
        onChange={({ target }) => {
          setWords(target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div id={id} role="listbox" aria-label={t('title')}>
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken where they are typed
          <div
            key={`${choice.kind} ${choice.to}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => go(choice)}
          >
            <span>{choice.name}</span>
            <span className="quiet">{choice.detail}</span>
            <span className="quiet">{t(choice.kind)}</span>
          </div>
        ))}
      </div>
      <p className="quiet" role="status">
        {choices.length === 0 ? t('none') : null}
      </p>
    </dialog>
  )
}

function usePlaces(home: string, places: readonly Place[], words: string): Choice[] {
  const names = useTranslations('places')
  const sought = words.trim().toLowerCase()
  return places
    .map(
      ({ name, path, key }): Choice => ({
        ...{ kind: 'place', name: names(name), detail: `g ${key}`, to: `${home}${path}` },
      }),
    )
    .filter(({ name }) => name.toLowerCase().includes(sought))
}

function useFound(home: string, words: string): readonly FoundThing[] {
  const { load, data } = useFetcher<typeof loader>()
  const sought = words.trim()
  useEffect(() => {
    if (sought === '') return
    const timer = setTimeout(
      () => void load(`${home}/find?${new URLSearchParams({ q: sought })}`),
      typingMs,
    )
    return () => clearTimeout(timer)
  }, [home, load, sought])
  // What was found for other words would be opened by whoever is quick.
  return sought !== '' && data?.words === sought ? data.items : []
}
