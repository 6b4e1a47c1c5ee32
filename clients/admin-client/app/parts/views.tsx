import { Link, useLocation } from 'react-router'

/** Different looks at one list; which of them is shown is part of the address. */
export function Views({
  name,
  items,
}: {
  readonly name: string
  readonly items: readonly { readonly to: string; readonly label: string }[]
}) {
  const { pathname, search } = useLocation()
  const at = `${pathname}${search}`
  const shown = items.findLast(({ to }) => at === to || at.startsWith(`${to}&`)) ?? items[0]
  return (
    <nav className="views" aria-label={name}>
      {items.map((item) => (
        <Link
          key={item.to}
          to={item.to}
          className="view"
          aria-current={item === shown ? 'page' : undefined}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  )
}
