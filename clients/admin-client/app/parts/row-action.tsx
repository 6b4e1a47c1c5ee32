import { Submit } from '@prognetwork/ui/fields'
import { Form } from 'react-router'

/** Something done to the row it stands in; with `sure`, it is opened first. */
export function RowAction({
  home,
  id,
  what,
  name,
  sure,
}: {
  /** Where the page is that carries it out. */
  readonly home: string
  readonly id: string
  readonly what: string
  readonly name: string
  readonly sure?: string
}) {
  const form = (
    <Form method="post" action={home} preventScrollReset>
      <input type="hidden" name="do" value={what} />
      <input type="hidden" name="id" value={id} />
      <Submit className={sure === undefined ? 'link' : 'button second'}>{sure ?? name}</Submit>
    </Form>
  )
  if (sure === undefined) return <div className="row-action">{form}</div>
  return (
    <details className="row-action" name="row-action">
      <summary>{name}</summary>
      {form}
    </details>
  )
}
