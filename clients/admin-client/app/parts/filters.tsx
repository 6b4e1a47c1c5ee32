import type { FormEvent, ReactNode } from 'react'
import { Form, Link, useNavigate, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'

/** Several filters of a list, each with its name; what they are set to is in the address. */
export function Filters({
  children,
  more,
  names = [],
  kept = [],
}: {
  readonly children: ReactNode
  /** Those that are needed less often. */
  readonly more?: ReactNode
  /** What those are called in the address: they are shown at once where one is set. */
  readonly names?: readonly string[]
  /** What else is in the address and has nothing to do with them. */
  readonly kept?: readonly string[]
}) {
  const t = useTranslations('filters')
  const [parameters] = useSearchParams()
  const others = [...parameters].filter(([name]) => kept.includes(name))
  const navigate = useNavigate()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // What is not set is left out of the address.
    const set = [...new FormData(event.currentTarget)].flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    )
    void navigate(`?${new URLSearchParams(set)}`)
  }
  return (
    // A link to other filters fills the fields anew.
    <Form className="narrowing" role="search" key={parameters.toString()} onSubmit={submit}>
      {others.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <div className="fields">{children}</div>
      {more && (
        <details open={names.some((name) => parameters.get(name))}>
          <summary>{t('more')}</summary>
          <div className="fields">{more}</div>
        </details>
      )}
      <div className="send">
        <button type="submit" className="button second">
          {t('show')}
        </button>
        {parameters.size > 0 && <Link to="?">{t('clear')}</Link>}
      </div>
    </Form>
  )
}

/** The link to what comes after this page of a list, with the same filters. */
export function NextPage({ next }: { readonly next: string | null }) {
  const t = useTranslations('filters')
  const [parameters] = useSearchParams()
  if (next === null) return null
  const later = new URLSearchParams(parameters)
  later.set('after', next)
  return (
    <Link className="button second" to={`?${later}`}>
      {t('earlier')}
    </Link>
  )
}
