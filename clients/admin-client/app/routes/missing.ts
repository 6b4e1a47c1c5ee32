import { data } from 'react-router'

export function loader(): never {
  throw data(null, { status: 404 })
}

/** A page, so that its reader gets one and not the bare answer of a resource. */
export default function Missing() {
  return null
}
