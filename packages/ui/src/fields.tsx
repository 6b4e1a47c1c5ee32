// Forms that work without script: what the server refuses stands at the field it is about.
import type { ProblemDetails } from '@prognetwork/contracts'
import type {
  InputHTMLAttributes,
  ReactNode,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'react'
import { useEffect, useId, useRef } from 'react'
import { useNavigation } from 'react-router'
import { useLocale, useTranslations } from 'use-intl'
import { type Expectation, expectationText } from './expectations.ts'

export type Wrong = string | Expectation

interface FieldProps {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with what was typed, or what was expected in its place. */
  readonly wrong?: Wrong | undefined
}

export function TextField({
  label,
  hint,
  wrong,
  ...input
}: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <Labelled id={id} {...{ label, hint, wrong }}>
      <input id={id} {...describedBy(id, hint, wrong)} {...input} />
    </Labelled>
  )
}

export function SelectField({
  label,
  hint,
  wrong,
  children,
  ...select
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId()
  return (
    <Labelled id={id} {...{ label, hint, wrong }}>
      <select id={id} {...describedBy(id, hint, wrong)} {...select}>
        {children}
      </select>
    </Labelled>
  )
}

/** A field of several lines. */
export function AreaField({
  label,
  hint,
  wrong,
  ...area
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId()
  return (
    <Labelled id={id} {...{ label, hint, wrong }}>
      <textarea id={id} {...describedBy(id, hint, wrong)} {...area} />
    </Labelled>
  )
}

function Labelled({
  id,
  label,
  hint,
  wrong,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p className="wrong" id={`${id}-wrong`}>
          <WrongText of={wrong} />
        </p>
      )}
    </div>
  )
}

/** In the reader's language, as far as there are words for it. */
export function WrongText({ of }: { readonly of: Wrong }) {
  const locale = useLocale()
  return typeof of === 'string' ? of : expectationText(of, locale)
}

function describedBy(id: string, hint: string | undefined, wrong: Wrong | undefined) {
  const parts = [...(hint ? [`${id}-hint`] : []), ...(wrong ? [`${id}-wrong`] : [])]
  return {
    'aria-invalid': wrong ? true : undefined,
    'aria-describedby': parts.length > 0 ? parts.join(' ') : undefined,
  }
}

/** What is wrong with a form as a whole; it takes the focus, so that it is heard. */
export function FormProblem({ problem }: { readonly problem: ProblemDetails | undefined }) {
  const t = useTranslations('problems')
  const place = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    if (problem) place.current?.focus()
  }, [problem])
  if (!problem) return null
  // Where the fields say what is expected, it need not be said twice.
  const isToldByFields = (problem.errors ?? []).length > 0
  const own = isToldByFields ? `${problem.title}.` : `${problem.title}. ${problem.detail}.`
  return (
    <p className="notice bad" role="alert" tabIndex={-1} ref={place}>
      {t.has(problem.code) ? t(problem.code) : own}
    </p>
  )
}

/**
 * Sends its form once: a second click while the first is under way does nothing, nor before the page has
 * read what the answer is about, such as the version of a thing that somebody else has changed.
 */
export function Submit({
  children,
  className = 'button',
  name,
  value,
}: {
  readonly children: ReactNode
  readonly className?: string
  /** What tells it from the other buttons of its form. */
  readonly name?: string
  readonly value?: string
}) {
  const { state, formMethod } = useNavigation()
  const isSending = state !== 'idle' && formMethod !== undefined && formMethod !== 'GET'
  return (
    <button
      type="submit"
      name={name}
      value={value}
      className={className}
      aria-disabled={isSending || undefined}
      onClick={isSending ? (event) => event.preventDefault() : undefined}
    >
      {children}
    </button>
  )
}
