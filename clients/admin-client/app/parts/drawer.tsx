import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import { useTranslations } from 'use-intl'

/**
 * What stands beside a list, under an address of its own. The list stays in reach; on a phone the
 * drawer is the page. Its heading takes the focus, and Escape leads back.
 */
export function Drawer({
  title,
  back,
  children,
}: {
  readonly title: string
  readonly back: string
  readonly children: ReactNode
}) {
  const t = useTranslations('drawer')
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const navigate = useNavigate()
  useEffect(() => {
    heading.current?.focus()
  }, [])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches('input, textarea')
      // What is half written is not thrown away, and an open dialog closes before this does.
      if (event.key !== 'Escape' || isTyping || document.querySelector('dialog[open]')) return
      void navigate(back)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [back, navigate])
  return (
    <section className="drawer" aria-labelledby={id}>
      <title>{title}</title>
      <div className="head">
        <h1 id={id} tabIndex={-1} ref={heading}>
          {title}
        </h1>
        <Link to={back} className="close" aria-label={t('close')}>
          <span aria-hidden="true">×</span>
        </Link>
      </div>
      {children}
    </section>
  )
}
