import { type Wrong, WrongText } from '@prognetwork/ui/fields'
import type { TextareaHTMLAttributes } from 'react'
import { useId } from 'react'

/** A field of several lines. */
export function AreaField({
  label,
  hint,
  wrong,
  ...area
}: {
  readonly label: string
  readonly hint?: string
  readonly wrong?: Wrong | undefined
} & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-more`}
        {...area}
      />
      <p className={wrong ? 'wrong' : 'hint'} id={`${id}-more`}>
        {wrong ? <WrongText of={wrong} /> : hint}
      </p>
    </div>
  )
}
