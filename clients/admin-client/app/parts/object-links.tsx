import { Link, useParams } from 'react-router'

/** Where the pages of business objects are; of what has none, all traces are shown. */
const pages: Readonly<Record<string, string>> = {
  order: 'orders',
  message: 'mail',
  payment: 'payments',
  webhook_endpoint: 'webhooks',
}

export function ObjectLinks({
  objects,
}: {
  readonly objects: readonly { readonly type: string; readonly id: string }[]
}) {
  const { tenant = '' } = useParams()
  return (
    <ul className="objects">
      {objects.map(({ type, id }) => {
        const object = `${type}:${id}`
        const page = pages[type]
        const own = page === undefined ? undefined : `/t/${tenant}/${page}/${id}`
        const all = `/t/${tenant}/traces?${new URLSearchParams({ object })}`
        return (
          <li key={object}>
            <Link to={own ?? all} className="mono">
              {object}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
